import pytest

from tests.landing import shop as shops


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNEY_HASH_KEY", "0123456789abcdef0123456789abcdef")
    return shops.make(tmp_path)
