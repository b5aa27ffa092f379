"""Real servers, started by the tests, harvested by the real `chm`; `make test-servers` installs what they need."""
