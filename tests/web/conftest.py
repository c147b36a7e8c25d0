from web_fixtures import *  # noqa: F403
from web_fixtures import _plain_static_files  # noqa: F401
