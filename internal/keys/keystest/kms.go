package keystest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// KMS is AWS KMS with symmetric keys.
type KMS struct {
	Log
	mu     sync.Mutex
	keys   map[string]cipher.AEAD // by ARN
	denied bool
}

// Host and region of a KMS.
const (
	Region  = "eu-west-1"
	KMSHost = "kms." + Region + ".amazonaws.com"
)

// ARN is that of the key with an id.
func ARN(id string) string { return "arn:aws:kms:" + Region + ":111122223333:key/" + id }

// NewKMS makes one with keys.
func NewKMS(ids ...string) *KMS {
	k := &KMS{keys: map[string]cipher.AEAD{}}
	for _, id := range ids {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw)                          // never fails
		block, _ := aes.NewCipher(raw)                 // the length is right
		aead, _ := cipher.NewGCMWithRandomNonce(block) // of AES
		k.keys[ARN(id)] = aead
	}
	return k
}

// Deny makes every operation be refused, or not.
func (k *KMS) Deny(yes bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.denied = yes
}

type call struct {
	KeyId             string //nolint:revive // the name in the protocol
	Plaintext         []byte
	CiphertextBlob    []byte
	EncryptionContext map[string]string
}

// bound is the context as associated data: its order does not matter.
func (c call) bound() []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.EncryptionContext)) {
		b.WriteString(name + "\x00" + c.EncryptionContext[name] + "\x00")
	}
	return []byte(b.String())
}

func trouble(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": "a text of the service"}) // the client is gone
}

// ServeHTTP answers as KMS does.
func (k *KMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	what := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	k.add(what)
	// The signature is not computed anew, but it has to be one for this service and region.
	if auth := r.Header.Get("Authorization"); !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 ") || !strings.Contains(auth, "/"+Region+"/kms/aws4_request") {
		trouble(w, "UnrecognizedClientException")
		return
	}
	var in call
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	key := k.keys[in.KeyId]
	switch {
	case k.denied:
		trouble(w, "AccessDeniedException")
	case err != nil:
		trouble(w, "ValidationException")
	case key == nil:
		trouble(w, "NotFoundException")
	default:
		k.answer(w, what, in, key)
	}
}

func (k *KMS) answer(w http.ResponseWriter, what string, in call, key cipher.AEAD) {
	switch what {
	case "Encrypt":
		write(w, http.StatusOK, map[string]any{"KeyId": in.KeyId, "CiphertextBlob": key.Seal(nil, nil, in.Plaintext, in.bound())})
	case "Decrypt":
		plain, err := key.Open(nil, nil, in.CiphertextBlob, in.bound())
		if err != nil {
			trouble(w, "InvalidCiphertextException")
			return
		}
		write(w, http.StatusOK, map[string]any{"KeyId": in.KeyId, "Plaintext": plain})
	case "DescribeKey":
		write(w, http.StatusOK, map[string]any{"KeyMetadata": map[string]any{
			"KeyId": in.KeyId, "Arn": in.KeyId, "Origin": "AWS_KMS", "KeyState": "Enabled", "KeyManager": "CUSTOMER",
		}})
	case "GetKeyRotationStatus":
		write(w, http.StatusOK, map[string]any{"KeyRotationEnabled": true})
	default:
		trouble(w, "UnsupportedOperationException")
	}
}
