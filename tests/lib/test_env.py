"""Settings from the environment: what is understood, what is refused and with which words, and that all of it is documented."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from saypro_review.lib import env

ROOT = Path(__file__).resolve().parents[2]
NAME = "SAYPRO_TEST"
KEY = "0123456789" * 5
SERVERS = {"DATABASE_URL": "postgres://saypro:secret@db.example.org:5432/saypro", "REDIS_URL": "redis://:secret@redis.example.org:6379/0"}
OTHERS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT"}  # those that have their names from elsewhere


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that everyone can enter, as the servers' user must."""
    root = Path(tempfile.mkdtemp(prefix="saypro-test-")).resolve()
    root.chmod(0o755)
    yield root
    shutil.rmtree(root)


def documented() -> dict[str, str]:
    """Each variable of docs/settings.md with its default as it is written there."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a variable stands there twice"
    return dict(rows)


def start(place: Path, code: str = "", **given: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own, with nothing but the given variables, and run `code` there."""
    inside = {"PATH": os.environ["PATH"], "SAYPRO_STATE": str(place / "state")} | given
    command = [sys.executable, "-c", f"import json; from saypro_review import settings as s; {code}"]
    return subprocess.run(command, cwd=ROOT, env=inside, capture_output=True, text=True)


# --- the documentation ------------------------------------------------------------------------------------------------------


def test_every_variable_is_documented_and_every_documented_one_exists():
    assert set(documented()) == env.KNOWN | OTHERS


def test_every_known_variable_is_read():
    text = (ROOT / "saypro_review/settings.py").read_text()
    for name in env.KNOWN:
        assert f'"{name}"' in text, name


def test_documented_defaults_are_the_defaults(place):
    names = {
        "SAYPRO_ORGANISATION": "ORGANISATION", "SAYPRO_TIME_ZONE": "TIME_ZONE", "SAYPRO_FISCAL_YEAR_START": "FISCAL_YEAR_START",
        "SAYPRO_MAX_UPLOAD_MB": "MAX_UPLOAD_MB", "SAYPRO_FROM_EMAIL": "DEFAULT_FROM_EMAIL",
        "SAYPRO_TRUSTED_PROXIES": "ALLAUTH_TRUSTED_PROXY_COUNT",
    }  # fmt: skip
    done = start(place, f"print(json.dumps([[f'`{{getattr(s, one)}}`' for one in {list(names.values())}], s.DEBUG, s.HTTPS]))")
    told = documented()
    assert json.loads(done.stdout) == [[told[name] for name in names], False, False]
    assert (told["SAYPRO_DEBUG"], told["SAYPRO_HTTPS"]) == ("no", "yes with `DATABASE_URL`, else no")


# --- one variable -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("SAYPRO_TIMEZONE", "There is no setting SAYPRO_TIMEZONE. Did you mean SAYPRO_TIME_ZONE?"),
        ("SAYPRO_ALLOWED_HOST", "There is no setting SAYPRO_ALLOWED_HOST. Did you mean SAYPRO_ALLOWED_HOSTS?"),
        ("SAYPRO_QXJVWKZQXJVWKZQX", "There is no setting SAYPRO_QXJVWKZQXJVWKZQX."),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_one(name, message):
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.refuse_unknown({name: "", "SAYPRO_STATE": "x", "HOME": "/"})
    assert str(refusal.value) == message


def test_known_variables_and_those_of_others_pass():
    env.refuse_unknown(dict.fromkeys(env.KNOWN, "x") | {"PATH": "/bin", "SAYPROX": "1"})


def test_both_servers_or_none():
    assert env.external_servers(SERVERS) is True
    assert env.external_servers({}) is False
    assert env.external_servers({"DATABASE_URL": "", "REDIS_URL": ""}) is False


@pytest.mark.parametrize(("given", "missing"), [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")])
def test_one_server_alone_is_refused(given, missing):
    with pytest.raises(ImproperlyConfigured, match=f"{given} is set but {missing} is not: set both, or neither"):
        env.external_servers({given: SERVERS[given]})


@pytest.mark.parametrize(
    ("text", "means"),
    [("yes", True), ("TRUE", True), ("on", True), (" 1 ", True), ("no", False), ("False", False), ("off", False), ("0", False)],
)
def test_yes_and_no(monkeypatch, text, means):
    monkeypatch.setenv(NAME, text)
    assert env.boolean(NAME, default=not means) is means


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_value_is_the_default(monkeypatch, text):
    monkeypatch.setenv(NAME, text)
    assert env.boolean(NAME, default=True) is True
    assert env.boolean(NAME, default=False) is False
    assert env.integer(NAME, default=7, low=1, high=9) == 7


@pytest.mark.parametrize("text", ["maybe", "2", "ja", "y", "truee", "-1"])
def test_what_is_neither_yes_nor_no_is_refused(monkeypatch, text):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is '{text}': write yes or no\."):
        env.boolean(NAME, default=True)


@pytest.mark.parametrize(("text", "means"), [("1", 1), ("12", 12), (" 4 ", 4), ("007", 7)])
def test_whole_numbers(monkeypatch, text, means):
    monkeypatch.setenv(NAME, text)
    assert env.integer(NAME, default=0, low=1, high=12) == means


@pytest.mark.parametrize("text", ["0", "13", "-1", "+1", "1.5", "1e1", "0x1", "1_0", "two", "²", "٣"])
def test_other_numbers_are_refused(monkeypatch, text):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match=r"write a whole number from 1 to 12\."):
        env.integer(NAME, default=1, low=1, high=12)


def test_time_zones(monkeypatch):
    assert env.time_zone(NAME, default="UTC") == "UTC"
    monkeypatch.setenv(NAME, "Africa/Lagos")
    assert env.time_zone(NAME, default="UTC") == "Africa/Lagos"


@pytest.mark.parametrize("text", ["Johannesburg", "SAST", "+02:00", "africa/lagos", "../../etc/passwd"])
def test_unknown_time_zones_are_refused(monkeypatch, text):
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match="write a name such as Africa/Johannesburg"):
        env.time_zone(NAME, default="UTC")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_database(scheme):
    entry = env.database(f"{scheme}://saypro:s%40crt@db.example.org:5433/review")
    assert {name: entry[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql", "NAME": "review", "USER": "saypro", "PASSWORD": "s@crt",
        "HOST": "db.example.org", "PORT": 5433,
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore:Engine not recognized")
@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://u:p@h/x", "postgis://u:p@h/x", "db.example.org", ""])
def test_other_databases_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must begin with postgres://"):
        env.database(url)


# --- all of them, as they are read at start ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (SERVERS, "SECRET_KEY must be set to at least 50 random characters."),
        (SERVERS | {"SECRET_KEY": KEY[:49]}, "SECRET_KEY must be set to at least 50 random characters."),
        ({"DATABASE_URL": SERVERS["DATABASE_URL"], "SECRET_KEY": KEY}, "set both, or neither for the embedded servers."),
        (SERVERS | {"DATABASE_URL": "sqlite:///x", "SECRET_KEY": KEY}, "the product runs on PostgreSQL only."),
        ({"SAYPRO_PORT": "80"}, "There is no setting SAYPRO_PORT."),
        ({"SAYPRO_ALLOWED_HOSTS": "a.example.org, *"}, "SAYPRO_ALLOWED_HOSTS must name the hosts"),
        ({"SAYPRO_HTTPS": "perhaps"}, "SAYPRO_HTTPS is 'perhaps': write yes or no."),
        ({"SAYPRO_DEBUG": "2"}, "SAYPRO_DEBUG is '2': write yes or no."),
        ({"SAYPRO_TRUSTED_PROXIES": "6"}, "SAYPRO_TRUSTED_PROXIES is '6': write a whole number from 0 to 5."),
        ({"SAYPRO_MAX_UPLOAD_MB": "0"}, "SAYPRO_MAX_UPLOAD_MB is '0': write a whole number from 1 to 2000."),
        ({"SAYPRO_FISCAL_YEAR_START": "April"}, "SAYPRO_FISCAL_YEAR_START is 'April': write a whole number from 1 to 12."),
        ({"SAYPRO_TIME_ZONE": "Mars/Olympus"}, "SAYPRO_TIME_ZONE is 'Mars/Olympus': write a name"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(place, given, message):
    done = start(place, **given)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert message in last
    assert not (place / "state").exists() or "SECRET_KEY" not in message


def test_with_servers_of_ones_own_nothing_is_embedded(place):
    code = "print(json.dumps([s.EXTERNAL_SERVERS, s.HTTPS, s.BROKER_URL, s.DATABASES['default']['HOST'], s.CSRF_TRUSTED_ORIGINS]))"
    given = SERVERS | {"SECRET_KEY": KEY, "SAYPRO_ALLOWED_HOSTS": "review.example.org"}
    done = start(place, code, **given)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, True, SERVERS["REDIS_URL"], "db.example.org", ["https://review.example.org"]]
    assert not (place / "state").exists()


def test_the_embedded_default_makes_its_own_secrets_once(place):
    code = "print(json.dumps([s.EXTERNAL_SERVERS, s.HTTPS, s.SECRET_KEY]))"
    first, second = (json.loads(start(place, code).stdout) for _ in range(2))
    assert first[:2] == [False, False]
    assert len(first[2]) >= 50
    assert first == second
    assert (place / "state/secrets").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["postgres://h:port/n", "postgres:///n", "postgres://h", "postgres://h/"])
def test_database_addresses_that_name_no_database_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="postgres://user:password@host:5432/name"):
        env.database(url)


@pytest.mark.parametrize("url", ["redis://h:6379/0", "rediss://:pw@h/1", "redis+socket:///run/x.sock"])
def test_brokers(url):
    assert env.broker(url) == url


@pytest.mark.parametrize("url", ["garbage", "http://x", "redis://", "redis://h:port/0", "redis://[bad"])
def test_other_brokers_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="redis://:password@host:6379/0"):
        env.broker(url)


def test_mail_addresses():
    assert env.email("smtp+tls://u:p@mail.example.org:587")["EMAIL_HOST"] == "mail.example.org"
    for url in ("nonsense://x", "smtp://h:port"):
        with pytest.raises(ImproperlyConfigured, match="SAYPRO_EMAIL_URL"):
            env.email(url)
