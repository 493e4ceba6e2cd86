"""The contract as the simulator serves it: our own WSDL with its own address, and the schemas beside it."""

from fkorg.contract import MAPPE, wsdl

_ADRESSE = "http://localhost/organisation/"


def wsdl_for(service: str, base_url: str) -> bytes:
    """The service's WSDL: schemas and address under `base_url`, which ends without a slash."""
    text = wsdl(service).read_text(encoding="utf-8")
    text = text.replace('schemaLocation="../xsd/', f'schemaLocation="{base_url}/organisation/xsd/')
    return text.replace(_ADRESSE, f"{base_url}/organisation/").encode()


def xsd(navn: str) -> bytes | None:
    """The schema of that file name; None when there is none."""
    known = {path.name: path for path in (MAPPE / "xsd").glob("*.xsd")}
    return known[navn].read_bytes() if navn in known else None
