import os
import subprocess
from contextlib import AbstractContextManager
from typing import Any, Final

USER: Final[str]
PASSWORD: Final[str]
NAME: Final[str]

class ServerError(RuntimeError): ...

def program() -> str: ...

class Server:
    process: subprocess.Popen[bytes]
    host: str
    port: int
    tls_port: int | None
    def __init__(self, process: subprocess.Popen[bytes], log: str, host: str, port: int,
                 tls_port: int | None = None) -> None: ...
    def connect_arguments(self, database: str | None = None) -> dict[str, Any]: ...
    def url(self, database: str | None = None) -> str: ...
    def create_database(self, name: str | None = None, *, locale: str | None = None,
                        log: str = "LOG") -> str: ...
    def drop_database(self, name: str) -> None: ...
    def log(self) -> str: ...

def server(*options: str, data: str | os.PathLike[str] | None = None, host: str = "127.0.0.1",
           port: int = 0) -> AbstractContextManager[Server]: ...

# Fixtures: pytest calls them.
informix_server: Any
informix: Any
