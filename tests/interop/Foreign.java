import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.jcp.xml.dsig.internal.dom.XMLDSigRI;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDocInfo;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.components.crypto.CryptoFactory;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.transform.STRTransform;
import org.apache.ws.security.transform.STRTransformProvider;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * A second opinion by code that is not ours: Apache Santuario's XMLSignature with WSS4J's STRTransform.
 *
 * verify MESSAGE              a signed call: by the key in its assertion's subject confirmation
 * sign CALL ASSERTION P12 OUT a call without Security gets one with that assertion, signed by that key
 * answer CALL P12 OUT         an answer without Security is signed by WSS4J's own WSSecSignature
 */
public final class Foreign {
    static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion", DS = XMLSignature.XMLNS;
    static final String WSA = "http://www.w3.org/2005/08/addressing", SOAP = WSConstants.URI_SOAP12_ENV;
    static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256", C14N = CanonicalizationMethod.EXCLUSIVE;
    static final String RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    static final String SAML_ID = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
    static final String SAML_TOKEN = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
    static final String STR = "SecurityTokenReference";
    static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM", new XMLDSigRI());

    public static void main(String[] args) throws Exception {
        java.security.Security.addProvider(new STRTransformProvider());
        switch (args[0]) {
            case "verify" -> verify(read(args[1]));
            case "sign" -> write(sign(read(args[1]), read(args[2]), key(args[3])), new FileOutputStream(args[4]));
            case "answer" -> write(answer(read(args[1]), args[2]), new FileOutputStream(args[3]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void verify(Document doc) throws Exception {
        Element assertion = only(doc, SAML, "Assertion"), security = only(doc, WSConstants.WSSE_NS, "Security");
        Element subject = only(doc, SAML, "SubjectConfirmationData");
        String der = subject.getElementsByTagNameNS(DS, "X509Certificate").item(0).getTextContent();
        X509Certificate certificate = (X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(java.util.Base64.getMimeDecoder().decode(der)));
        Node place = security.getFirstChild();
        while (!"Signature".equals(place.getLocalName())) place = place.getNextSibling();
        DOMValidateContext context = new DOMValidateContext(certificate.getPublicKey(), place);
        context.setProperty(STRTransform.TRANSFORM_WS_DOC_INFO, known(doc, assertion));
        XMLSignature signature = FACTORY.unmarshalXMLSignature(context);
        for (Object one : signature.getSignedInfo().getReferences()) {
            Reference reference = (Reference) one;
            System.out.println(reference.getURI() + " " + (reference.validate(context) ? "valid" : "INVALID"));
        }
        boolean valid = signature.validate(context);
        System.out.println((valid ? "valid" : "INVALID") + ", by " + signature.getClass().getPackageName());
        System.exit(valid ? 0 : 1);
    }

    static Document sign(Document doc, Document token, KeyStore.PrivateKeyEntry key) throws Exception {
        WSSecHeader made = new WSSecHeader(null, true);
        Element header = only(doc, SOAP, "Header"), security = made.insertSecurityHeader(doc);
        new WSSecTimestamp().build(doc, made);
        Element token_ = (Element) security.appendChild(doc.importNode(token.getDocumentElement(), true));
        security.appendChild(reference(doc, token_));
        List<Element> parts = new ArrayList<>(List.of(only(doc, SOAP, "Body"), only(doc, WSConstants.WSU_NS, "Timestamp")));
        for (Node one = header.getFirstChild(); one != null; one = one.getNextSibling())
            if (WSA.equals(one.getNamespaceURI())) parts.add((Element) one);
        parts.add(only(doc, WSConstants.WSSE_NS, STR));
        List<Reference> references = new ArrayList<>();
        for (Element part : parts) {
            String id = "id-" + UUID.randomUUID();
            part.setAttributeNS(WSConstants.WSU_NS, "wsu:Id", id);
            Transform transform = STR.equals(part.getLocalName()) ? strTransform(doc)
                : FACTORY.newTransform(C14N, (TransformParameterSpec) null);
            references.add(FACTORY.newReference("#" + id, FACTORY.newDigestMethod(SHA256, null),
                List.of(transform), null, null));
        }
        SignedInfo info = FACTORY.newSignedInfo(FACTORY.newCanonicalizationMethod(C14N, (C14NMethodParameterSpec) null),
            FACTORY.newSignatureMethod(RSA, null), references);
        Document whole = again(doc); // namespaces that the tree only implies are declared in it from here on
        Element assertion = only(whole, SAML, "Assertion");
        DOMSignContext context = new DOMSignContext(key.getPrivateKey(), only(whole, WSConstants.WSSE_NS, "Security"));
        context.setProperty(STRTransform.TRANSFORM_WS_DOC_INFO, known(whole, assertion));
        context.setDefaultNamespacePrefix("ds");
        var keyInfo = FACTORY.getKeyInfoFactory().newKeyInfo(List.of(new DOMStructure(reference(whole, assertion))));
        FACTORY.newXMLSignature(info, keyInfo).sign(context);
        return whole;
    }

    static Document answer(Document doc, String p12) throws Exception {
        Properties merlin = new Properties();
        String named = "org.apache.ws.security.crypto.";
        merlin.put(named + "provider", named.replace("crypto.", "components.crypto.Merlin"));
        merlin.put(named + "merlin.keystore.type", "pkcs12");
        merlin.put(named + "merlin.keystore.file", new File(p12).getAbsolutePath());
        merlin.put(named + "merlin.keystore.password", "hemmelig");
        WSSecHeader header = new WSSecHeader(null, true);
        header.insertSecurityHeader(doc);
        new WSSecTimestamp().build(doc, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(store(p12).aliases().nextElement(), "hemmelig");
        signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
        signature.setSignatureAlgorithm(RSA);
        signature.setDigestAlgo(SHA256);
        List<WSEncryptionPart> parts = new ArrayList<>();
        for (String name : List.of("Action", "MessageID", "RelatesTo")) parts.add(new WSEncryptionPart(name, WSA, ""));
        parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, ""));
        parts.add(new WSEncryptionPart("Body", SOAP, ""));
        signature.setParts(parts);
        return signature.build(doc, CryptoFactory.getInstance(merlin), header);
    }

    /** Its ids are known to the signature, and its token to the STR-Transform. */
    static WSDocInfo known(Document doc, Element assertion) throws Exception {
        NodeList all = doc.getElementsByTagName("*");
        for (int at = 0; at < all.getLength(); at++)
            if (((Element) all.item(at)).hasAttributeNS(WSConstants.WSU_NS, "Id"))
                ((Element) all.item(at)).setIdAttributeNS(WSConstants.WSU_NS, "Id", true);
        assertion.setIdAttribute("ID", true);
        WSDocInfo info = new WSDocInfo(doc);
        info.addTokenElement(assertion);
        return info;
    }

    static Transform strTransform(Document doc) throws Exception {
        Element parameters = doc.createElementNS(WSConstants.WSSE_NS, "wsse:TransformationParameters");
        Element method = doc.createElementNS(DS, "ds:CanonicalizationMethod");
        method.setAttribute("Algorithm", C14N);
        parameters.appendChild(method);
        return FACTORY.newTransform(STRTransform.TRANSFORM_URI, new DOMStructure(parameters));
    }

    static Element reference(Document doc, Element assertion) {
        Element str = doc.createElementNS(WSConstants.WSSE_NS, "wsse:" + STR);
        str.setAttributeNS("http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd", "wsse11:TokenType", SAML_TOKEN);
        Element identifier = doc.createElementNS(WSConstants.WSSE_NS, "wsse:KeyIdentifier");
        identifier.setAttribute("ValueType", SAML_ID);
        identifier.setTextContent(assertion.getAttribute("ID"));
        str.appendChild(identifier);
        return str;
    }

    static Element only(Document doc, String namespace, String name) {
        NodeList found = doc.getElementsByTagNameNS(namespace, name);
        if (found.getLength() != 1) throw new IllegalStateException("wanted one " + name + ", found " + found.getLength());
        return (Element) found.item(0);
    }

    static KeyStore store(String p12) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(p12)) { store.load(in, "hemmelig".toCharArray()); }
        return store;
    }

    static KeyStore.PrivateKeyEntry key(String p12) throws Exception {
        KeyStore store = store(p12);
        return (KeyStore.PrivateKeyEntry) store.getEntry(store.aliases().nextElement(),
            new KeyStore.PasswordProtection("hemmelig".toCharArray()));
    }

    static Document read(String path) throws Exception {
        try (FileInputStream in = new FileInputStream(path)) { return parsed(in); }
    }

    static Document again(Document doc) throws Exception {
        var bytes = new ByteArrayOutputStream();
        write(doc, bytes);
        return parsed(new ByteArrayInputStream(bytes.toByteArray()));
    }

    static Document parsed(InputStream in) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(in);
    }

    static void write(Document doc, OutputStream out) throws Exception {
        var identity = TransformerFactory.newInstance().newTransformer();
        identity.setOutputProperty("omit-xml-declaration", "yes");
        identity.transform(new DOMSource(doc), new StreamResult(out));
    }
}
