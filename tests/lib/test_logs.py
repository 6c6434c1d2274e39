"""Nothing of an interview in a log, whatever goes wrong."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.log import configure_logging

from interviews.models import Answer, Excerpt
from saypro_review.lib.logs import QuietFormatter
from tests import factories as make

pytestmark = pytest.mark.django_db
SECRET = "the words\n\nof somebody, in DETAIL: of course"


def test_a_row_that_the_database_refuses_is_not_quoted():
    answer = make.answer(make.InterviewFactory(), SECRET)
    excerpt = make.excerpt(answer, make.ThemeFactory())
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Excerpt.objects.filter(pk=excerpt.pk).update(stance="loud")
    error = caught.value
    assert "somebody" in str(error)  # the database does quote it
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "It failed: %s", (error,), (type(error), error, error.__traceback__))
    line = QuietFormatter("%(levelname)s %(message)s").format(record)
    assert "excerpt_stance_known" in line
    assert "test_logs.py" in line
    assert "somebody" not in line
    assert Answer.objects.filter(pk=answer.pk).exists()


def test_an_ordinary_line_stays_as_it_is():
    record = logging.LogRecord("x", logging.INFO, "x", 1, "job %s done", (7,), None)
    assert QuietFormatter("%(levelname)s %(message)s").format(record) == "INFO job 7 done"


def test_the_product_uses_it_and_mails_no_tracebacks():
    assert settings.LOGGING["formatters"]["line"]["()"].endswith("QuietFormatter")
    try:
        configure_logging("logging.config.dictConfig", settings.LOGGING)
        assert logging.getLogger("django").handlers == []
    finally:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    assert not settings.DEBUG
