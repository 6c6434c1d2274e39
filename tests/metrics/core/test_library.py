"""The library of KPIs: complete, without doubles, and free of loops."""

from __future__ import annotations

from departments.core.names import code, forbidden, key
from departments.core.roles import Function
from metrics.core.dictionary import TEXT_LENGTH, UNIT_LENGTH, coded
from metrics.core.drivers import End, Link, loop
from metrics.core.library import BY_CODE, TEMPLATES, USUAL, by_function


def test_each_of_the_four_functions_has_enough_to_begin_with():
    sizes = {function: len(templates) for function, templates in by_function()}
    assert set(sizes) == {Function.SALES, Function.MARKETING, Function.CUSTOMER_SERVICE, Function.OPERATIONS}
    assert min(sizes.values()) >= 8
    assert sum(sizes.values()) == len(TEMPLATES)


def test_codes_and_names_are_each_their_own():
    assert len(BY_CODE) == len(TEMPLATES)
    assert len({key(template.name) for template in TEMPLATES}) == len(TEMPLATES)
    assert all(coded(template.code) and code(template.code) == template.code for template in TEMPLATES)


def test_every_template_says_everything():
    for template in TEMPLATES:
        assert template.unit
        assert len(template.unit) <= UNIT_LENGTH
        assert 1 <= template.importance <= 5
        for text in (template.name, template.definition, template.formula):
            assert 3 < len(text) <= TEXT_LENGTH
            assert forbidden(text) is None
        assert template.definition.endswith(".")


def test_drivers_are_of_the_library_and_have_reasons():
    assert len({usual.code for usual in USUAL}) == len(USUAL)
    for usual in USUAL:
        assert {usual.driver, usual.driven} <= set(BY_CODE)
        assert usual.reason.endswith(".")


def test_drivers_make_no_loop():
    number = {code: place for place, code in enumerate(BY_CODE)}
    links: list[Link] = []
    for usual in USUAL:
        link = Link(End(number[usual.driver]), End(number[usual.driven]))
        assert not loop(links, link), usual
        links.append(link)
