"""The capabilities that client and server have agreed on."""
from __future__ import annotations

from dataclasses import dataclass

# What a server of today says of itself at login, and the bits that it implies.
_MODERN = 316
_IMPLIED = frozenset((0, 2, 3, 4, 49, 51))
_BITS = {"usver": (2,), "gls": (51,), "four_byte_offset": (50,), "varchar_var_len": (13,),
         "bigint": (54,), "long_id": (10, 18), "lvarchar_gt_2k": (37,), "remove_64k_limit": (62,),
         "savepoint": (56,), "describe_input": (34,), "named_parameters": (52,),
         "two_gb_fetch_buffer": (63,)}


@dataclass(frozen=True)
class ServerCapabilities:
    """`bits` are the numbers of those that are on, the highest bit of the first byte being 0. Each
    that has a name is an attribute: bigint, savepoint, four_byte_offset, ...

    >>> capabilities = connection.server_capabilities
    >>> capabilities.bigint, capabilities.has(54)
    (True, True)
    """

    bits: frozenset = frozenset()
    raw_mask: bytes = b""
    cap_1: int = 0
    cap_2: int = 0
    cap_3: int = 0
    server_version: str = ""
    serial_number: str = ""
    applid_name: str = ""

    @classmethod
    def from_wire(cls, mask: bytes, *, cap_1: int = 0, cap_2: int = 0, cap_3: int = 0,
                  server_version: str = "", serial_number: str = "",
                  applid_name: str = "") -> ServerCapabilities:
        """From the bytes in which a server tells them."""
        bits = frozenset(8 * place + bit for place, byte in enumerate(mask) for bit in range(8)
                         if byte & 0x80 >> bit)
        return cls(bits | _IMPLIED if cap_1 else bits, bytes(mask), cap_1, cap_2, cap_3,
                   server_version, serial_number, applid_name)

    @classmethod
    def from_info(cls, mask: str, version: str) -> ServerCapabilities:
        """From what a connection knows; the library talks to no server that is not modern."""
        return cls.from_wire(bytes.fromhex(mask), cap_1=_MODERN, server_version=version)

    def has(self, bit: int) -> bool:
        """Whether the capability of this number is on."""
        return bit in self.bits

    @property
    def enhanced_protocol(self) -> bool:
        """Whether the server speaks as those of today do."""
        return self.cap_1 == _MODERN

    def violated_assumptions(self) -> list[str]:
        """Nothing: the framing of every message follows the capabilities that were agreed on."""
        return []


def _flag(name, bits):
    return property(lambda self: not self.bits.isdisjoint(bits), doc=f"Whether it has {name}.")


for _name, _places in _BITS.items():
    setattr(ServerCapabilities, _name, _flag(_name, frozenset(_places)))
