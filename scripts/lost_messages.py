# SPDX-License-Identifier: GPL-2.0
"""What the console lacks of the kernel's log.

Linux loses a message on a console now and then, although its log has it: who
reads a record while another CPU appends to it (pr_cont()) may find the old end
of it with the new length, and skips it. desc_read() in
kernel/printk/printk_ringbuffer.c looks at the state before and after, but a
record that was reopened meanwhile looks like one that was not. A host that keeps
a virtual CPU waiting makes that likely. At the end of a run the log stands
still, and can be read: that is kmsg.log.
"""

import re

import console
import verdict

_KIND = 'dropped'


def _stamps(lines):
    return (stamp for stamp, _ in map(console.message, lines)
            if stamp is not None)


def _covers(kmsg, log, dropped, nonce):
    """Is this the log of the same boot, from before the first gap on?

    It may lack what is older: the kernel keeps no more than so much.
    """
    before = max(_stamps(log[:dropped[0].line - 1]), default=0.0)
    return next(_stamps(kmsg), before) < before and \
        nonce in verdict.facts(kmsg).get('finished', ())


def scan(log, kmsg, nonce):
    """The reports in the lines of a console log, and how many messages it lacks
    that were looked up in the kernel's log. Without that log, what was dropped
    is a report.
    """
    splats = console.scan(log)
    dropped = [s for s in splats if s.kind == _KIND]
    if not dropped or not _covers(kmsg, log, dropped, nonce):
        return splats, 0
    seen = [s for s in splats if s.kind != _KIND]
    titles = {(s.kind, s.title) for s in seen}
    return seen + [s for s in console.scan(kmsg)
                   if (s.kind, s.title) not in titles], \
        sum(int(re.search(r'\d+', s.title)[0]) for s in dropped)
