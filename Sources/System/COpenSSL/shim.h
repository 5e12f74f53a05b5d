#include <time.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
/* Macros that Swift cannot import. */
static inline long opsctl_SSL_set_tlsext_host_name(SSL *s, const char *name) { return SSL_set_tlsext_host_name(s, (char *)name); }
static inline long opsctl_SSL_CTX_set_min_proto_version(SSL_CTX *c, int v) { return SSL_CTX_set_min_proto_version(c, v); }
static inline long opsctl_SSL_CTX_set_groups(SSL_CTX *c, const char *list) { return SSL_CTX_set1_groups_list(c, (char *)list); }
#include <openssl/x509.h>
#include <openssl/asn1.h>
static inline int opsctl_X509_chain_count(const STACK_OF(X509) *chain) { return sk_X509_num(chain); }
static inline X509 *opsctl_X509_chain_at(const STACK_OF(X509) *chain, int i) { return sk_X509_value(chain, i); }
/* The chain to judge: the one that was built, or else what the server sent. */
static inline STACK_OF(X509) *opsctl_store_chain(X509_STORE_CTX *c) {
    STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(c);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(c);
    return built && sk_X509_num(built) >= (sent ? sk_X509_num(sent) : 0) ? built : sent;
}
/* Names of subjectAltName, `;` between them, as far as they fit; returns their count. */
static inline int opsctl_X509_names(X509 *x, char *out, int size) {
    int count = 0, used = 0;
    GENERAL_NAMES *names = (GENERAL_NAMES *)X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    if (size > 0) out[0] = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
        if (n->type != GEN_DNS) continue;
        int length = ASN1_STRING_length(n->d.dNSName);
        if (used + length + 2 > size) break;
        if (count) out[used++] = ';';
        for (int k = 0; k < length; k++) out[used++] = (char)ASN1_STRING_get0_data(n->d.dNSName)[k];
        out[used] = 0;
        count++;
    }
    GENERAL_NAMES_free(names);
    return count;
}
static inline int opsctl_ASN1_seconds(const ASN1_TIME *t, long long *seconds) {
    struct tm tm;
    if (!ASN1_TIME_to_tm(t, &tm)) return 0;
    *seconds = (long long)timegm(&tm);
    return 1;
}
/* libpq gives no access to its SSL_CTX before the ClientHello is out. OpenSSL calls this for every context that is made, and
   it changes those of the thread that asked for it: P-256 first, so that a server with PostgreSQL's old default curve
   (prime256v1, up to 17) need not ask for another key share, which costs a round trip. OpenSSL 3.5 offers several shares. */
static inline int *opsctl_p256_wish(void) {
    static __thread int wish;
    return &wish;
}
static inline void opsctl_on_new_context(void *context, void *p, CRYPTO_EX_DATA *d, int i, long l, void *a) {
    (void)p, (void)d, (void)i, (void)l, (void)a;
    if (*opsctl_p256_wish() && OpenSSL_version_num() < 0x30500000L)
        SSL_CTX_set1_groups_list((SSL_CTX *)context, "P-256:X25519:X448:P-521:P-384");
}
static inline int opsctl_watch_contexts(void) { return SSL_CTX_get_ex_new_index(0, NULL, opsctl_on_new_context, NULL, NULL); }
static inline void opsctl_prefer_p256(int on) { *opsctl_p256_wish() = on; }
