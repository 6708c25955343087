"""The capabilities that client and server have agreed on."""
from __future__ import annotations

from dataclasses import dataclass, field

_BITS = {"usver": 3, "gls": 6, "four_byte_offset": 62, "varchar_var_len": 13, "bigint": 54,
         "long_id": 59, "lvarchar_gt_2k": 30, "remove_64k_limit": 48, "savepoint": 65,
         "describe_input": 52, "named_parameters": 55, "two_gb_fetch_buffer": 63}


@dataclass(frozen=True)
class ServerCapabilities:
    """`bits` are the numbers of those that are on, the highest bit of the first byte being 0."""

    bits: frozenset = field(default_factory=frozenset)
    raw_mask: bytes = b""
    server_version: str = ""

    @classmethod
    def from_info(cls, mask: str, version: str) -> "ServerCapabilities":
        raw = bytes.fromhex(mask)
        bits = frozenset(8 * place + bit for place, byte in enumerate(raw) for bit in range(8)
                         if byte & 0x80 >> bit)
        return cls(bits, raw, version)

    def has(self, bit: int) -> bool:
        return bit in self.bits

    def violated_assumptions(self) -> list[str]:
        """Nothing: the framing of every message follows the capabilities that were agreed on."""
        return []

    def __getattr__(self, name: str) -> bool:
        if name in _BITS:
            return _BITS[name] in self.bits
        raise AttributeError(name)
