"""The image and its composition, checked without a container engine: what they say must be true of this tree."""

from __future__ import annotations

import fnmatch
import http.server
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from django.conf import settings

from saypro_review.lib import env

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate")
# The keys of a service that we use: a misspelt one would be refused by the engine only, long after the tests.
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "ports", "read_only", "restart",
    "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "start_period", "retries", "disable"}
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z0-9_]+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN")


def variables() -> list[re.Match[str]]:
    """Every ${...} in the composition, comments left out."""
    lines = (line for line in (ROOT / "docker-compose.yml").read_text().splitlines() if not line.lstrip().startswith("#"))
    return [found for line in lines for found in VARIABLE.finditer(line)]


def environment(service: str, **given: str) -> dict[str, str]:
    """The environment of a service's container when .env holds what is `given`."""

    def value(found: re.Match[str]) -> str:
        if found["kind"] == "?":
            return given[found["name"]]
        return given.get(found["name"]) or found["rest"] or ""

    return {name: VARIABLE.sub(value, text) for name, text in SERVICES[service]["environment"].items()}


def dockerfile() -> list[tuple[str, str]]:
    """The instructions with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def all_of(instruction: str) -> list[str]:
    return [rest for word, rest in dockerfile() if word == instruction]


def commands() -> dict[str, list[str]]:
    """What the containers of ours run."""
    return {"web": json.loads(all_of("CMD")[-1])} | {name: SERVICES[name]["command"] for name in OURS if "command" in SERVICES[name]}


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps the path, or a directory that it is in, out of the image."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")]
    place = PurePosixPath(path)
    for part in [place, *place.parents][:-1]:
        for pattern in patterns:
            # A plain pattern begins at the root of the tree, one with **/ anywhere.
            if fnmatch.fnmatchcase(str(part) if "**/" not in pattern else part.name, pattern.removeprefix("**/")):
                return True
    return False


# --- the composition --------------------------------------------------------------------------------------------------------


def test_the_parts():
    assert set(SERVICES) == {"db", "redis", *OURS}
    assert "name" not in COMPOSE
    assert set(COMPOSE["volumes"]) == {"db", "redis"}
    for service in SERVICES.values():
        assert set(service) <= SERVICE_KEYS
        assert set(service.get("healthcheck", {})) <= HEALTH_KEYS


def test_every_service_but_the_one_shot_says_whether_it_is_well():
    for name, service in SERVICES.items():
        health = service["healthcheck"]
        if name == "migrate":
            assert health == {"disable": True}
        else:
            assert health["test"][0] in ("CMD", "CMD-SHELL"), name
            assert {"interval", "timeout", "retries"} <= set(health), name


def test_what_waits_for_what():
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        waits = {of: how["condition"] for of, how in SERVICES[name]["depends_on"].items()}
        assert waits == {"db": "service_healthy", "redis": "service_healthy", "migrate": "service_completed_successfully"}
    assert SERVICES["migrate"]["restart"] == "no"
    assert all(SERVICES[name]["restart"] == "unless-stopped" for name in SERVICES if name != "migrate")


def test_one_image_for_all_of_ours():
    assert {SERVICES[name]["image"] for name in OURS} == {"saypro-review:local"}
    assert {SERVICES[name]["build"] for name in OURS} == {"."}
    assert all(SERVICES[name]["environment"] == SERVICES["web"]["environment"] for name in OURS)


def test_every_image_is_named_with_its_version_and_without_a_registry():
    for image in [*(service["image"] for service in SERVICES.values()), *all_of("FROM")]:
        name, _, tag = image.partition(":")
        assert tag, image
        assert tag != "latest", image
        assert "." not in name.split("/")[0], image


def test_no_secret_has_a_default():
    secrets = {found["name"] for found in variables() if SECRET.search(found["name"])}
    assert secrets == {"POSTGRES_PASSWORD", "DATABASE_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"}
    for found in variables():
        if found["name"] in secrets or found["name"] == "SAYPRO_ALLOWED_HOSTS":
            assert found["kind"] == "?", found[0]
            assert found["name"] in found["rest"], found[0]
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if SECRET.search(name) or name.endswith("_URL"):
                assert VARIABLE.search(value), name


def test_the_example_names_every_variable_and_gives_none():
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")]
    assert all(line.endswith("=") for line in lines)
    assert {line.rstrip("=") for line in lines} == {found["name"] for found in variables()}


def test_every_setting_exists():
    named = {name for service in SERVICES.values() for name in service.get("environment", {}) if name.startswith("SAYPRO_")}
    assert named <= env.KNOWN
    assert named >= {"SAYPRO_ALLOWED_HOSTS", "SAYPRO_HTTPS", "SAYPRO_TRUSTED_PROXIES", "SAYPRO_EMAIL_URL"}


def test_only_the_web_server_is_reached_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert all_of("EXPOSE") == ["8000"]
    assert commands()["web"][commands()["web"].index("--port") + 1] == "8000"


def test_containers_may_do_little():
    for name, service in SERVICES.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "db":  # its start changes owners and users
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name


def test_data_outlive_the_containers():
    assert "db:/var/lib/postgresql" in SERVICES["db"]["volumes"]
    assert "redis:/data" in SERVICES["redis"]["volumes"]
    assert "appendonly yes" in SERVICES["redis"]["command"][-1]


def test_the_products_role_is_no_superuser_and_owns_its_database():
    script = (ROOT / "docker/initdb.sh").read_text()
    role = re.search(r"CREATE ROLE (\w+) (.+);", script)
    assert role is not None
    assert "NOSUPERUSER NOCREATEDB NOCREATEROLE" in role[2]
    assert f"CREATE DATABASE saypro OWNER {role[1]};" in script
    assert SERVICES["web"]["environment"]["DATABASE_URL"].startswith(f"postgres://{role[1]}:")
    assert any(volume.startswith("./docker/initdb.sh:/docker-entrypoint-initdb.d/") for volume in SERVICES["db"]["volumes"])
    assert (ROOT / "docker/initdb.sh").stat().st_mode & 0o111
    assert "POSTGRES_USER" not in SERVICES["db"]["environment"]


def test_beat_runs_apart_from_the_worker():
    assert "--beat" not in commands()["worker"]
    assert "beat" in commands()["beat"]


@pytest.mark.parametrize("service", ["web", "worker", "beat", "migrate"])
def test_commands_exist_with_their_options(service):
    program, *words = commands()[service]
    packages = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert program in [*packages, "python"]
    if program == "python":
        assert (ROOT / words[0]).exists()
        return
    ask = [BIN / program, *words[: words.index(service) + 1]] if program == "celery" else [BIN / program]
    shown = subprocess.run([*ask, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"{option}\b", shown), option


def test_the_product_starts_with_the_environment_of_the_composition():
    secret = "0123456789abcdef" * 4
    given = {name: secret for name in ("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY")}
    given |= {"SAYPRO_ALLOWED_HOSTS": "review.example.org", "SAYPRO_EMAIL_URL": "smtp+tls://user:password@mail.example.org:587"}
    inside = {"PATH": os.environ["PATH"], "HOME": "/tmp"} | environment("web", **given)
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=ROOT, env=inside, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# --- the image --------------------------------------------------------------------------------------------------------------


def test_the_process_is_nobody_in_particular():
    user = all_of("USER")[-1]
    assert user not in ("root", "0")
    assert any(f"useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin {user}" in run for run in all_of("RUN"))
    names = [word for word, _ in dockerfile()]
    assert not {"COPY", "ADD", "RUN"} & set(names[names.index("USER") :])


def test_packages_are_those_of_the_lock():
    install = [run for run in all_of("RUN") if "pip install" in run]
    assert install == ["pip install --require-hashes --only-binary=:all: -r requirements.txt"]
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.txt").read_text().strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_no_secret_stays_in_a_layer():
    for word in ("ENV", "ARG"):
        assert not any(SECRET.search(rest) for rest in all_of(word))
    assert "ARG" not in [word for word, _ in dockerfile()]
    collect = next(run for run in all_of("RUN") if "collectstatic" in run)
    assert "$(python -c 'import secrets" in collect  # made for that step, and lost with it


def test_the_image_says_whether_it_is_well():
    assert all_of("HEALTHCHECK")[0].endswith('CMD ["python", "docker/health.py", "web"]')
    assert SERVICES["web"]["healthcheck"]["test"] == ["CMD", "python", "docker/health.py", "web"]


@pytest.mark.parametrize(
    "path",
    [
        "var/secrets", ".venv/bin/python", ".git/config", ".env", ".env.production", "staticfiles/a.css", "tests/conftest.py",
        "benchmarks/accuracy.py", ".coverage", "gaps/__pycache__/a.pyc", "gaps/core/x.pyc", "docs/img/dashboard.png",
    ],
)  # fmt: skip
def test_what_stays_out_of_the_image(path):
    assert all_of("COPY") == ["requirements.txt ./", ". ."]
    assert ignored(path)


def test_what_is_in_the_image():
    apps = [name.replace(".", "/") for name in settings.INSTALLED_APPS if (ROOT / name.replace(".", "/")).is_dir()]
    assert len(apps) >= 5
    needed = ["manage.py", "requirements.txt", "docker/health.py", "static/css/app.css", "templates/base.html"]
    for path in [*needed, *(f"{app}/apps.py" for app in apps)]:
        assert (ROOT / path).exists(), path
        assert not ignored(path), path


# --- its health -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def health():
    spec = importlib.util.spec_from_file_location("health", ROOT / "docker/health.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("status", "well"), [(200, True), (500, False), (503, False)])
def test_web_is_well_when_it_answers(health, status, well, monkeypatch):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *args):
            pass

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert health.web(f"http://127.0.0.1:{server.server_port}/healthz") is well
        thread.join()
        gone = server.server_port
    assert health.web(f"http://127.0.0.1:{gone}/healthz") is False


def test_beat_is_well_while_it_wakes(health, tmp_path):
    proc, seen = tmp_path / "proc", tmp_path / "seen"

    def process(number: int, *words: str, switches: int = 0) -> None:
        (proc / str(number)).mkdir(parents=True, exist_ok=True)
        (proc / str(number) / "cmdline").write_bytes(b"\0".join(word.encode() for word in words) + b"\0")
        (proc / str(number) / "status").write_text(f"Name:\tx\nvoluntary_ctxt_switches:\t{switches}\n")

    process(1, "python", "docker/health.py", "beat")  # the question itself is no beat
    assert not health.beat(proc, seen)
    process(7, "python", "/usr/local/bin/celery", "-A", "saypro_review", "beat", switches=5)
    assert health.beat(proc, seen)
    assert not health.beat(proc, seen)  # it sleeps for ever
    process(7, "python", "/usr/local/bin/celery", "-A", "saypro_review", "beat", switches=9)
    assert health.beat(proc, seen)


def test_the_sample_front_server_fits_the_product():
    text = (ROOT / "docs/nginx.conf.sample").read_text()
    cap = re.search(r"client_max_body_size (\d+)m;", text)
    assert cap is not None
    assert 200 < int(cap[1]) < 250  # the default of SAYPRO_MAX_UPLOAD_MB and a little
    for header in ("Host $host", "X-Forwarded-For $proxy_add_x_forwarded_for", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in text
    assert "listen 443 ssl;" in text
