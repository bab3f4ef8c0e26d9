"""A simulated gateway, and a Landing that is connected to it."""

import os
import re
import selectors
import subprocess
from pathlib import Path

from landing_site import Site

TOKEN = "a-token-of-the-browser-tests"


class Simulator:
    """`gateway-simulator`, from the folder that the program to test is in."""

    def __init__(self, *arguments: str):
        self.binary = Path(os.environ["LANDING_BINARY"]).with_name("gateway-simulator")
        self.arguments = arguments
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def start(self, port: int = 0):
        command = [self.binary, "--port", str(port), "--token", TOKEN, "--happening", "0s", *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(timeout=30) else ""
        address = re.search(r"http://[\w.]+:(\d+)", line)
        assert address, f"gateway-simulator did not announce its address, but said {line!r}"
        self.url, self.port = address.group(0), int(address.group(1))

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def __exit__(self, *_):
        self.stop()


class ConnectedSite(Site):
    def __init__(self, folder: Path, gateway: Simulator):
        super().__init__(folder)
        self.gateway = gateway

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"GATEWAY_URL": self.gateway.url, "GATEWAY_AUTH_TOKEN": TOKEN}
