"""Words that reports about security use, in groups: the features of the security score.

Written by hand from general security vocabulary (weakness classes, protocols, controls), not taken
from any data. `word*` begins with; `two_words` stand next to each other. The groups from `bug` on
are weaknesses that every program has: they rank a report, and are never a reason by themselves.
The groups from `n_` on speak of something else.
"""

from __future__ import annotations

from typing import Final

_CUES: Final = """
security: security secure securely secured securing insecure* unsecure* harden*
named: vulnerab* exploit* cve cwe owasp pentest* penetration_test* 0day zero_day advisory
  advisories bug_bounty responsible_disclosure security_fix security_patch security_hole
  security_issue security_flaw security_risk security_audit security_advisory
attack: attack* malicious* hacker* hack hacked hacking intruder* adversar* abuse* tamper* hijack*
  poison* brute bruteforce mitm man_in untrusted evil arbitrary_code arbitrary_file
  arbitrary_command
web: xss cross_site csrf xsrf clickjack* iframe* frame_options csp content_security_policy
  same_origin cross_origin origin cors open_redirect redirect redirects referrer referer noopener
  noreferrer nosniff nonce* httponly samesite mixed_content postmessage javascript_url
injection: inject* sanitiz* sanitis* escape escaped escaping unescaped htmlspecialchars xxe
  deseriali* unseriali* eval traversal ssrf rce lfi dtd external_entity external_entities
  remote_code code_execution command_line_injection
spoofing: spoof* phish* forge forged forgery impersonat* masquerad* fake mislead* homoglyph
  homograph
bypass: bypass* circumvent* evad* unauthori* unauthenticated escalat* elevat* privesc
exposure: expose exposes exposed exposing exposure reveal* disclos* sensitive confidential private
  privacy secret secrets plaintext plain_text cleartext clear_text mask masked masking obfuscat*
  redact* anonymi* gdpr information_leak leak_password leak_information data_leak enumerat*
credentials: password passwords passwd pwd passphrase* credential* api_key api_keys
signing_in: authenticat* login logins log_in logon logout log_out signin sign_in 2fa two_factor
  otp totp mfa captcha sso saml oauth* openid jwt ldap kerberos keytab* spnego jaas basic_auth
  lockout session sessions sessionid jsessionid token tokens cookie cookies
permission: authori* permission* privilege* priviledge* privileged acl acls rbac role roles grant
  granted revoke revoked access_control superuser super_user admin_access sudo root_user setuid
  chmod umask world_readable world_writable writable anonymous restrict* denied forbidden
sandbox: securitymanager security_manager accesscontrolexception access_control accesscontroller
  doprivileged policy_file java_policy securityexception security_exception sandbox* seccomp
  selinux apparmor isolat*
cryptography: encrypt* decrypt* cipher* crypto* aes des 3des rc4 md5 sha1 sha256 hashed hashing
  salt salted keystore* truststore* certificate* cert certs x509 pki pgp gpg signature signatures
  hmac private_key public_key securerandom secure_random random_number entropy prng
transport: ssl tls https hsts starttls ssh sftp ftps trust trusted trustmanager hostname_verif*
  self_signed handshake
memory: overflow* overrun* underflow out_of_bounds oob use_after uaf double_free dangling
  heap_buffer heap_overflow stack_buffer memcpy strcpy addresssanitizer address_sanitizer asan
  memory_corruption uninitiali* uninit valgrind segfault segv sigsegv segmentation_fault
  access_violation type_confusion bad_cast invalid_read invalid_write wild_pointer buffer
files: directory_listing file_permission* htaccess path_disclosure absolute_path temp_file
  temporary_file tmp symlink* upload uploads uploaded robots
checks: validat* verif* invalid whitelist* blacklist* blocklist* allowlist* allowed not_allowed
bug_null: npe npes nullpointer* null_pointer null_dereference null_check is_null not_null
bug_crash: crash* core_dump abort* assertion_failed stack_overflow stackoverflow*
bug_load: denial dos ddos flood* infinite endless exhaust* outofmemory* out_of_memory oom
  memory_leak memory_leaks leak leaks leaking leaked rate_limit* throttl* unbounded hang hangs
  hanging hung runaway loop loops
bug_race: race racing deadlock* thread_safe threadsafe thread_safety concurren* synchroni* toctou
  atomic*
bug_release: not_closed never_closed closed release released releases file_handle file_handles
  file_descriptor* open_files cleanup clean_up cleaned dispose* resource_leak
bug_type: classcast* class_cast illegalstate* illegalargument* indexoutofbounds* arrayindex*
  numberformat* integer_overflow divide_by division_by
n_words: documentation docs doc javadoc typo spelling translation* wording readme manual tutorial
  label labels
n_build: build maven pom jar ant ide compile compiles compilation checkstyle jenkins eclipse junit
  test tests testing testcase intermittent*
n_look: icon button layout css color colour font tooltip dropdown chart graph widget column
  columns row menu style pixel pixels align* display* date dates percent sorting legend
n_speed: performance slow slower faster speed optimi*
n_wish: add_support feature enhancement nice_to would_be new_component upgrade example examples
  archetype component
n_data: metric metrics visit visits visitor* goal goals segment segments archiv* import export
  query sql index join optimizer timezone locale encoding charset header headers converter route
  routes
"""


def _read(text: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for line in text.replace("\n  ", " ").strip().split("\n"):
        name, _, words = line.partition(":")
        groups[name] = tuple(words.split())
    return groups


GROUPS: Final = _read(_CUES)
"""Group -> its cues, as written."""

PLAIN_BUGS: Final = frozenset(name for name in GROUPS if name.startswith("bug_"))
OTHER: Final = frozenset(name for name in GROUPS if name.startswith("n_"))
TELLING: Final = frozenset(GROUPS) - PLAIN_BUGS - OTHER - {"checks"}
"""Groups that speak of security itself: one of them must be there before anything is said."""
