#!/usr/bin/env python3
"""Captures the first request of each NTP client. Runs in a network namespace of its own, where 10.9.9.9:123 never answers. NTPTOOLS names a
folder with unpacked packages (the clients exclude one another as packages): NTPTOOLS/root-openntpd, NTPTOOLS/root-ntpsec and NTPTOOLS/root for
the others."""
import json, os, select, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.environ.get('NTPTOOLS', '/')
WORK = '/tmp/capture-ntp'


def capture(name, command, config=''):
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    with open(f'{WORK}/conf', 'w') as f:
        f.write(config)
    if os.path.exists(f'{WORK}/chrony.pid'):
        os.remove(f'{WORK}/chrony.pid')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(('10.9.9.9', 123))
        process = subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        data, count, until = b'', 0, time.time() + 15
        while (left := until - time.time()) > 0 and select.select([server], [], [], left)[0]:
            packet = server.recv(65535)
            if count == 0:
                until = time.time() + 3
            data += len(packet).to_bytes(2, 'big') + packet
            count += 1
        try:
            os.killpg(process.pid, 9)
        except ProcessLookupError:
            pass
        process.wait()
    if not count:
        print(name, 'sent nothing', file=sys.stderr)
        return
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write('{}\n' if not name.startswith('not-') else '{"nomatch": true}\n')


if os.environ.get('CAPTURE_INSIDE') is None:
    os.makedirs(WORK, exist_ok=True)
    sys.exit(subprocess.run(['unshare', '-nmp', '--fork', '--mount-proc', 'sh', '-c', 'ip link set lo up && cp /etc/passwd /tmp/capture-ntp/passwd && '
                             'echo ntpd:x:65533:65534::/run/openntpd:/bin/false >> /tmp/capture-ntp/passwd && '
                             'mount --bind /tmp/capture-ntp/passwd /etc/passwd && mkdir -p /run/openntpd /var/lib/openntpd/run /var/lib/openntpd/db && ip addr add 10.9.9.9/32 dev lo && exec "$@"', 'sh', sys.executable,
                             *sys.argv], env=os.environ | {'CAPTURE_INSIDE': '1'}).returncode)

with open(f'{WORK}/keys', 'w') as f:
    f.write('1 MD5 secretsecret\n2 SHA1 HEX:0102030405060708090a0b0c0d0e0f1011121314\n3 SHA256 HEX:' + '11' * 32 + '\n4 AES128 HEX:' + '22' * 16 + '\n')
os.chmod(f'{WORK}/keys', 0o600)
CHRONY = f'{TOOLS}/root/usr/sbin/chronyd -d -x -u root -f {WORK}/conf'
BASE = f'cmdport 0\nport 0\nbindcmdaddress /\npidfile {WORK}/chrony.pid\nkeyfile {WORK}/keys\n'
capture('chrony', CHRONY, BASE + 'server 10.9.9.9 iburst\n')
capture('chrony-v3-md5', CHRONY, BASE + 'server 10.9.9.9 iburst version 3 key 1\n')
capture('chrony-sha1', CHRONY, BASE + 'server 10.9.9.9 iburst key 2\n')
capture('chrony-sha256', CHRONY, BASE + 'server 10.9.9.9 iburst key 3\n')
capture('chrony-v3-sha256', CHRONY, BASE + 'server 10.9.9.9 iburst key 3 version 3\n')
capture('chrony-cmac', CHRONY, BASE + 'server 10.9.9.9 iburst key 4\n')
capture('chrony-xleave', CHRONY, BASE + 'server 10.9.9.9 iburst xleave extfield F323 minpoll -2 maxpoll -2\n')
capture('chrony-peer', CHRONY, BASE.replace('port 0\n', '', 1).replace('cmd', 'cmdport 0\nport 1123\n#cmd', 1)
        + 'local stratum 5\nallow\npeer 10.9.9.9 minpoll 0 maxpoll 0\n')
capture('chrony-local-stratum', CHRONY, BASE + 'local stratum 3\nserver 10.9.9.9 iburst\n')
capture('chrony-once', f'{TOOLS}/root/usr/sbin/chronyd -Q -t 3 -f /dev/null "server 10.9.9.9 iburst"')
NTPD = f'{TOOLS}/root-ntpsec/usr/sbin/ntpd -n -c {WORK}/conf'
capture('ntpsec-ntpdig', f'PYTHONPATH={TOOLS}/root/usr/lib/python3/dist-packages /usr/bin/python3 {TOOLS}/root/usr/bin/ntpdig -t 2 10.9.9.9')
capture('not-ntpq', f'PYTHONPATH={TOOLS}/root/usr/lib/python3/dist-packages LD_LIBRARY_PATH={TOOLS}/root/usr/lib/x86_64-linux-gnu /usr/bin/python3 {TOOLS}/root/usr/bin/ntpq -c rv 10.9.9.9')
capture('rdate', f'{TOOLS}/root/usr/sbin/rdate -n -p 10.9.9.9')
capture('openntpd', f'{TOOLS}/root-openntpd/usr/sbin/ntpd -d -f {WORK}/conf', 'server 10.9.9.9\n')
capture('timesyncd', f'sh -c "mkdir -p /run/systemd/timesync /run/systemd/netif /var/lib/systemd/timesync; mount --bind {WORK}/conf /etc/systemd/timesyncd.conf; '
        f'LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/systemd SYSTEMD_LOG_LEVEL=debug {TOOLS}/root/lib/systemd/systemd-timesyncd"', '[Time]\nNTP=10.9.9.9\n')
capture('ntpsec', NTPD, 'interface ignore 10.9.9.9\nserver 10.9.9.9 iburst\n')
