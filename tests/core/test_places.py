"""Where towns are, and how far apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvmatch.core.places import EARTH_RADIUS_KM, Point, box_around, distance_km, fold, locate

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def test_a_town_is_found_whatever_its_accents_and_case() -> None:
    assert locate("Zürich") == locate("zurich", "ch") is not None


def test_the_country_tells_towns_of_one_name_apart_and_without_it_the_largest_counts() -> None:
    france, texas = locate("Paris", "FR"), locate("Paris", "US")
    assert france != texas
    assert locate("Paris") == france


@pytest.mark.parametrize(("city", "country"), [("", ""), ("", "DE"), ("Nowhereville", ""), ("Berlin", "FR")])
def test_a_town_that_is_not_known_is_nowhere(city: str, country: str) -> None:
    assert locate(city, country) is None


@pytest.mark.parametrize(
    ("a", "b", "km"), [(("Berlin", "DE"), ("Hamburg", "DE"), 255), (("London", "GB"), ("New York City", "US"), 5570)]
)
def test_distances_are_those_of_the_map(a, b, km: float) -> None:
    assert distance_km(locate(*a), locate(*b)) == pytest.approx(km, rel=0.02)


@given(points, points)
def test_distance_is_symmetric_and_at_most_half_way_round(a: Point, b: Point) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-6)
    assert 0 <= distance_km(a, b) <= 3.1416 * EARTH_RADIUS_KM
    assert distance_km(a, a) == 0


def test_folding_twice_is_folding_once() -> None:
    assert fold(fold("  Málaga ")) == fold("  Málaga ") == "malaga"


@given(points, points, st.floats(0.1, 3000))
def test_a_box_holds_every_point_of_its_circle(centre: Point, point: Point, km: float) -> None:
    box = box_around(centre, km)
    inside = box.south <= point.latitude <= box.north
    if box.west is not None and box.east is not None:
        inside &= box.west <= point.longitude <= box.east
    assert inside or distance_km(centre, point) > km * 0.999


def test_a_box_is_not_much_larger_than_its_circle() -> None:
    box = box_around(Point(52.5, 13.4), 100)
    assert distance_km(Point(52.5, 13.4), Point(52.5, box.east or 0)) == pytest.approx(100, rel=0.01)
    assert distance_km(Point(52.5, 13.4), Point(box.north, 13.4)) == pytest.approx(100, rel=0.01)
