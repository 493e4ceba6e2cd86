"""Names and algorithms of WS-Security, XML signatures and SAML; the one policy suite there is.

Source: security.md 1. No other signature, digest, canonicalisation or transform is written or accepted.
"""

from typing import Final

from fkorg.wire.soap_xml import SOAP, WSA

_OASIS: Final = "http://docs.oasis-open.org/wss"
WSSE: Final = f"{_OASIS}/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSSE11: Final = f"{_OASIS}/oasis-wss-wssecurity-secext-1.1.xsd"
WSU: Final = f"{_OASIS}/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
WST: Final = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
WSP: Final = "http://schemas.xmlsoap.org/ws/2004/09/policy"
AUTH: Final = "http://docs.oasis-open.org/wsfed/authorization/200706"

C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
STR_TRANSFORM: Final = f"{_OASIS}/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"
BASE64: Final = f"{_OASIS}/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
_X509: Final = f"{_OASIS}/2004/01/oasis-200401-wss-x509-token-profile-1.0"
X509: Final = f"{_X509}#X509v3"
X509_SKI: Final = f"{_X509}#X509SubjectKeyIdentifier"
SAML_TOKEN: Final = f"{_OASIS}/oasis-wss-saml-token-profile-1.1#SAMLV2.0"
SAML_ID: Final = f"{_OASIS}/oasis-wss-saml-token-profile-1.1#SAMLID"
HOLDER_OF_KEY: Final = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"

BODY: Final = f"{{{SOAP}}}Body"
HEADER: Final = f"{{{SOAP}}}Header"
ENVELOPE: Final = f"{{{SOAP}}}Envelope"
SECURITY: Final = f"{{{WSSE}}}Security"
TIMESTAMP: Final = f"{{{WSU}}}Timestamp"
STR: Final = f"{{{WSSE}}}SecurityTokenReference"
KEY_IDENTIFIER: Final = f"{{{WSSE}}}KeyIdentifier"
BST: Final = f"{{{WSSE}}}BinarySecurityToken"
ASSERTION: Final = f"{{{SAML}}}Assertion"
SIGNATURE: Final = f"{{{DS}}}Signature"
WSU_ID: Final = f"{{{WSU}}}Id"
ACTION: Final = f"{{{WSA}}}Action"
MESSAGE_ID: Final = f"{{{WSA}}}MessageID"
RELATES_TO: Final = f"{{{WSA}}}RelatesTo"
TO: Final = f"{{{WSA}}}To"
REPLY_TO: Final = f"{{{WSA}}}ReplyTo"
PRAEFIKSER: Final = {"wsse": WSSE, "wsse11": WSSE11, "wsu": WSU, "ds": DS}
