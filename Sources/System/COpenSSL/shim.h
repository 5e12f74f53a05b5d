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
