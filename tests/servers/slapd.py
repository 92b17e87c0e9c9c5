"""A real OpenLDAP server with the demo company, as an unprivileged child on loopback, configured from nothing."""

import base64
import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap
import ldap.controls.simple
import ldap.modlist

from corpblog.people.demo_directory.certificates import Certificates, ensure_certificates
from corpblog.people.demo_directory.company import Company, group_attributes, person_attributes
from tests.servers.children import find_program, free_port, is_listening, place_of_its_own, running, unprivileged

ROOT_PASSWORD = "root-of-the-test"
SERVICE_PASSWORD = "service-of-the-test"
_SCHEMAS = ("/etc/ldap/schema", "/etc/openldap/schema", "/opt/homebrew/etc/openldap/schema")
_MODULES = (
    "/usr/lib/ldap",
    "/usr/lib64/openldap",
    "/usr/libexec/openldap",
    "/opt/homebrew/opt/openldap/libexec/openldap",
)
_FOLDERS = ("/usr/libexec", "/opt/homebrew/opt/openldap/libexec")

Entries = dict[str, dict[str, list[bytes]]]


def _first_there(paths: tuple[str, ...]) -> Path:
    return next(path for path in map(Path, paths) if path.exists())


def _hashed(password: str) -> str:
    salt = os.urandom(8)
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


_COMPANY_HASH = _hashed("corpblog")


def company_entries(company: Company) -> Entries:
    """The demo company's entries as OpenLDAP takes them; what its overlays compute is left to them."""
    suffix = company.suffix
    entries: dict[str, dict[str, tuple[str, ...]]] = {
        suffix: {"objectClass": ("top", "dcObject", "organization"), "dc": ("acme",), "o": ("Acme",)},
        f"ou=policies,{suffix}": {"objectClass": ("top", "organizationalUnit"), "ou": ("policies",)},
        f"cn=default,ou=policies,{suffix}": {
            "objectClass": ("top", "device", "pwdPolicy"),
            "cn": ("default",),
            "pwdAttribute": ("userPassword",),
            "pwdLockout": ("TRUE",),
        },
    }
    for unit in ("people", "groups", "services"):
        entries[f"ou={unit},{suffix}"] = {"objectClass": ("top", "organizationalUnit"), "ou": (unit,)}
    entries[company.service_dn("corpblog")] = {
        "objectClass": ("top", "organizationalRole", "simpleSecurityObject"),
        "cn": ("corpblog",),
        "userPassword": (_hashed(SERVICE_PASSWORD),),
    }
    for person in company.people:
        attributes = person_attributes(company, person) | {"userPassword": (_COMPANY_HASH,)}
        attributes["objectClass"] += ("lockable",)
        entries[company.person_dn(person["uid"])] = attributes
    for name in company.groups:
        attributes = group_attributes(company, name)
        # OpenLDAP wants at least one member in each group.
        entries[company.group_dn(name)] = attributes | {"member": attributes.get("member") or (suffix,)}
    return {
        dn: {key: [value.encode() for value in values] for key, values in attributes.items()}
        for dn, attributes in entries.items()
    }


class Slapd:
    """One running slapd."""

    def __init__(self, folder: Path, company: Company, certificates: Certificates) -> None:
        self.folder = folder
        self.certificates = certificates
        self.plain_port, self.tls_port = free_port(), free_port()
        self._company = company
        self._entries = company_entries(company)
        self._end = contextlib.ExitStack()
        (folder / "data").mkdir()
        self._config = folder / "slapd.conf"
        self._config.write_text(self._configuration())
        ldif = folder / "company.ldif"
        ldif.write_text("\n".join(_ldif(dn, attributes) for dn, attributes in self._entries.items()))
        user = unprivileged()
        if user:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, user)
        self._run("-T", "add", "-f", str(self._config), "-l", str(ldif))

    def _run(self, *arguments: str) -> None:
        command = [find_program("slapd", folders=_FOLDERS), *arguments]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60, user=unprivileged())
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

    def _configuration(self) -> str:
        schemas = "\n".join(
            f"include {_first_there(_SCHEMAS)}/{name}.schema" for name in ("core", "cosine", "inetorgperson")
        )
        suffix, files = self._company.suffix, self.certificates
        return f"""
{schemas}
attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.99.1 NAME 'lockable' SUP top AUXILIARY MAY nsAccountLock )
modulepath {_first_there(_MODULES)}
moduleload back_mdb
moduleload memberof
moduleload ppolicy
TLSCACertificateFile {files.authority}
TLSCertificateFile {files.certificate}
TLSCertificateKeyFile {files.key}
security simple_bind=128
pidfile {self.folder}/slapd.pid
database mdb
suffix "{suffix}"
rootdn "cn=root,{suffix}"
rootpw {ROOT_PASSWORD}
directory {self.folder}/data
maxsize 268435456
dbnosync
index objectClass,uid,member eq
sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
overlay memberof
overlay ppolicy
ppolicy_default "cn=default,ou=policies,{suffix}"
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
"""

    def start(self) -> None:
        """Start it and wait until it listens."""
        urls = f"ldap://127.0.0.1:{self.plain_port}/ ldaps://127.0.0.1:{self.tls_port}/"
        command = [find_program("slapd", folders=_FOLDERS), "-d", "0", "-f", str(self._config), "-h", urls]
        self._end = contextlib.ExitStack()
        self._end.enter_context(running(command, until=lambda: is_listening(self.tls_port), log=self.folder / "log"))

    def stop(self) -> None:
        """End the server; its data stay."""
        self._end.close()

    def publish(self, company: Company) -> None:
        """Make the running directory hold this company."""
        wanted = company_entries(company)
        relax = ldap.controls.simple.RelaxRulesControl(criticality=True)  # lets the company keep its entryUUIDs
        with self._root() as root:
            for dn in [dn for dn in self._entries if dn not in wanted]:
                root.delete_s(dn)
            for dn, attributes in wanted.items():
                before = self._entries.get(dn)
                if before is None:
                    root.add_ext_s(dn, ldap.modlist.addModlist(attributes), serverctrls=[relax])
                elif (
                    dn.startswith(("uid=", "cn="))
                    and "ou=services" not in dn
                    and (changes := ldap.modlist.modifyModlist(before, attributes))
                ):
                    root.modify_ext_s(dn, changes, serverctrls=[relax])
        self._entries = wanted

    @contextmanager
    def _root(self) -> Iterator[ldap.ldapobject.SimpleLDAPObject]:
        connection = ldap.initialize(f"ldaps://127.0.0.1:{self.tls_port}")
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, str(self.certificates.authority))
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        connection.simple_bind_s(f"cn=root,{self._company.suffix}", ROOT_PASSWORD)
        try:
            yield connection
        finally:
            connection.unbind_s()


def _ldif(dn: str, attributes: dict[str, list[bytes]]) -> str:
    lines = [f"dn:: {base64.b64encode(dn.encode()).decode()}"]
    lines += [f"{key}:: {base64.b64encode(value).decode()}" for key, values in attributes.items() for value in values]
    return "\n".join(lines) + "\n"


@contextmanager
def running_slapd(company: Company | None = None, certificates: Certificates | None = None) -> Iterator[Slapd]:
    """A slapd for the time of a test; in a folder that its unprivileged user can reach, unlike pytest's own."""
    with place_of_its_own("slapd") as folder:
        kept = folder / "certificates"
        if certificates:
            shutil.copytree(certificates.key.parent, kept)
        files = Certificates.in_directory(kept) if certificates else ensure_certificates(kept)
        server = Slapd(folder, company or Company.read(), files)
        server.start()
        try:
            yield server
        finally:
            server.stop()
