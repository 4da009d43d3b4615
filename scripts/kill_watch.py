# SPDX-License-Identifier: GPL-2.0
"""Ends a guest as soon as a test has failed, and says when that was. One whose
kernel has crashed gets a little longer: the test may yet say what is broken.
"""

import re
import time

import boot
import console

# KUnit's cases on the console; what is further in are a case's parameters, and
# the case itself comes yet. Programs and their cases, as run_kselftest.sh has
# them.
_FAILED = {
    'console.log': re.compile(r' {0,4}not ok \d+ '),
    'guest.log': re.compile(r'(?:# )?not ok \d+ '),
}

# What goes on after it mostly waits.
_OOPS = re.compile(r'.*\bOops\b')
_LAST_WORDS = 20

# Longer than any pause of the unmodified kernel, which says something at each
# rebuild of the zonelists and after each test, and longer than the kernel's own
# detectors of what hangs.
SILENCE = 100


class Watch(boot.Watch):
    """Of a guest that is of no more use once a test has failed.

    stop: an event that ends the guest, too.
    """

    def __init__(self, stop, silence=SILENCE):
        self._stop = stop
        self._patience = silence
        self._began = self._heard = time.monotonic()
        self._start = None      # when the guest's clock was 0
        self._failure = self._oops = None
        self.silence = 0.0      # the longest

    def line(self, log, text):
        now = time.monotonic()
        self.silence = max(self.silence, now - self._heard)
        self._heard = now
        if log == 'console.log':
            stamp, text = console.message(text)
            if stamp is not None:
                start = now - stamp
                self._start = min(self._start or start, start)
            if not self._oops and _OOPS.match(text):
                self._oops = now
        if not self._failure and _FAILED[log].match(text):
            self._failure = now

    def enough(self):
        if self._stop.is_set():
            raise KeyboardInterrupt
        if self._failure:
            return 'stopped', 'ended when a test had failed'
        if self._oops and time.monotonic() - self._oops > _LAST_WORDS:
            return 'stopped', f'ended {_LAST_WORDS} s after the kernel crashed'
        if time.monotonic() - self._heard > self._patience:
            return 'timeout', f'no sign of life for {self._patience} s'
        return None

    def seconds(self):
        """The guest's time so far, or until a test failed, or the kernel
        crashed without that.
        """
        end = self._failure or self._oops or time.monotonic()
        return max(0.0, end - (self._start or self._began))
