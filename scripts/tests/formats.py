# SPDX-License-Identifier: GPL-2.0
"""What the formats that others read require, as checks that raise Refused. The
files in schemas/ are our own writing of what those others require.
"""

import json
import subprocess
from pathlib import Path

import jsonschema

_FOLDER = Path(__file__).parent / 'schemas'


class Refused(Exception):
    """Why something is not valid."""


def check_junit(xml: bytes):
    """Would Jenkins take this as JUnit's XML?"""
    done = subprocess.run(
        ['xmllint', '--noout', '--nonet', '--schema', _FOLDER / 'junit.xsd',
         '-'], input=xml, capture_output=True)
    if done.returncode:
        raise Refused(done.stderr.decode())


def check_kcidb(report):
    """Would KCIDB take this? Its ids have to fit each other, too."""
    schema = json.loads((_FOLDER / 'kcidb-5.json').read_text())
    try:
        jsonschema.Draft7Validator(
            schema, format_checker=jsonschema.draft7_format_checker
        ).validate(report)
    except jsonschema.ValidationError as e:
        raise Refused(e) from e
    ids = {}
    for kind in ('checkouts', 'builds', 'tests'):
        found = [item['id'] for item in report.get(kind, ())]
        if len(found) != len(set(found)):
            raise Refused(f'{kind}: an id stands there twice')
        for item in report.get(kind, ()):
            if item['id'].partition(':')[0] != item['origin']:
                raise Refused(f'{item["id"]} is not of {item["origin"]}')
        ids[kind] = set(found)
    for kind, key, of in (('builds', 'checkout_id', 'checkouts'),
                          ('tests', 'build_id', 'builds')):
        for item in report.get(kind, ()):
            if item[key] not in ids[of]:
                raise Refused(f'{item["id"]}: there is no {key} {item[key]}')
