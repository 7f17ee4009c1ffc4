"""A real KDC on loopback, its database in a directory of its own."""
import os
import pathlib
import shutil
import subprocess
import time

REALM = "BARNABAS.TEST"
PROGRAMS = os.environ["PATH"] + ":/usr/sbin"


class Kdc:
    def __init__(self, directory, port):
        self.directory = pathlib.Path(directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        (self.directory / "krb5.conf").write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n rdns = false\n"
            f" dns_canonicalize_hostname = false\n udp_preference_limit = 1\n"
            f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n"
        )
        (self.directory / "kdc.conf").write_text(
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n"
            f"[realms]\n {REALM} = {{\n  database_name = {self.directory}/principal\n  key_stash_file = {self.directory}/stash\n"
            f"  acl_file = {self.directory}/acl\n }}\n[logging]\n kdc = FILE:{self.directory}/kdc.log\n"
        )
        self.environment = {
            **os.environ, "PATH": PROGRAMS, "KRB5_CONFIG": f"{self.directory}/krb5.conf",
            "KRB5_KDC_PROFILE": f"{self.directory}/kdc.conf", "KRB5CCNAME": f"FILE:{self.directory}/tickets",
        }
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        self.process = None

    def run(self, *words):
        return subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True).stdout

    def start(self):
        self.process = subprocess.Popen(["krb5kdc", "-n"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def keytab(self, principal):
        """A file with the key of a new principal."""
        path = self.directory / (principal.replace("/", "_") + ".keytab")
        self.run("kadmin.local", "-r", REALM, "addprinc", "-randkey", f"{principal}@{REALM}")
        self.run("kadmin.local", "-r", REALM, "ktadd", "-k", str(path), f"{principal}@{REALM}")
        return path

    def login(self, principal, keytab):
        """Tickets for whoever runs in `environment`."""
        for attempt in range(50):
            try:
                return self.run("kinit", "-k", "-t", str(keytab), f"{principal}@{REALM}")
            except subprocess.CalledProcessError:
                if attempt == 49:
                    raise
                time.sleep(0.1)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
