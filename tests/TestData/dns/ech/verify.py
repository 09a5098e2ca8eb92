#!/usr/bin/env python3
"""Checks with dnspython that each NAME.out is NAME.bin without ECH. DNSTOOLS names a folder with the unpacked package python3-dnspython."""
import glob, os, sys

sys.path.append(f"{os.environ.get('DNSTOOLS', '/')}/usr/lib/python3/dist-packages")
import dns.exception, dns.flags, dns.message, dns.rdata, dns.rdatatype  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def describe(rdata):
    if rdata.rdtype == dns.rdatatype.RdataType.make(14):
        return 'MINFO, whose names dnspython does not read'
    if not hasattr(rdata, 'params'):
        return rdata.to_text()
    params = {int(k): v for k, v in rdata.params.items()}
    if params.pop(5, None) is not None and 0 in params:
        mandatory = params.pop(0).keys
        left = [int(k) for k in mandatory if k != 5]
        if left or not mandatory:
            params[0] = 'mandatory ' + str(left)
    return rdata.priority, rdata.target, sorted((k, v if isinstance(v, str) else f'mandatory {[int(x) for x in v.keys]}' if k == 0 else v.to_text() if v else None)
                                                for k, v in params.items())


def read(data):
    message = dns.message.from_wire(data, one_rr_per_rrset=True)
    return message, [(s, r.name, r.rdtype, r.ttl, [describe(d) for d in r]) for s in range(4) for r in message.sections[s]]


checked = refused = 0
for path in sorted(glob.glob(f'{HERE}/*.out')):
    before, after = open(path[:-4] + '.bin', 'rb').read(), open(path, 'rb').read()
    try:
        expected, records = read(before)
        if any(isinstance(d, dns.rdata.GenericRdata) and d.rdtype == dns.rdatatype.HTTPS for s in expected.sections[1:] for r in s for d in r):
            raise ValueError('a class it does not know')
    except (dns.exception.DNSException, ValueError) as e:
        refused += 1
        print(os.path.basename(path), 'is refused as it was:', repr(e))
        continue
    message, left = read(after)
    assert b'ech=' not in message.to_text().encode(), path
    assert left == records, path
    assert message.flags == expected.flags & ~dns.flags.AD and message.id == expected.id and message.options == expected.options, path
    checked += 1
print(checked, 'checked,', refused, 'refused')
