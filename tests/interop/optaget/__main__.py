"""Writes the key, the token and the call anew."""

from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulator.noegler import ny
from simulator.sts import Tokenservice
from tests.fkorg.security import fixture
from tests.interop import optaget
from tests.interop.optaget import HERE, NOW

egen, sts = (ny(f"orgraf interop: {navn}", NOW, timedelta(days=36500)) for navn in ("anvender", "sts"))
pem = egen.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
(HERE / "noegle.pem").write_bytes(pem)
(HERE / "certifikat.pem").write_bytes(egen.certifikat.public_bytes(Encoding.PEM))
token = Tokenservice(sts).udsted(egen.certifikat, fixture.CVR, fixture.MODTAGER, NOW)
(HERE / "assertion.xml").write_bytes(token)
(HERE / "kald.xml").write_bytes(optaget.signeret())
