"""Ask the app on this machine whether it is ready; the exit code is the answer."""

import os
import sys
import urllib.error
import urllib.request

port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
below = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
path = f"/{below}/api/ready" if below else "/api/ready"
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=4) as answer:
        sys.stdout.write(answer.read().decode())
except urllib.error.HTTPError as refused:
    sys.exit(refused.read().decode())
except OSError as error:
    sys.exit(str(error))
