// What sanitizers are told not to report in our test programs, each with its reason.

// Visible to the sanitizer's own library.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  return
      // OpenSSL keeps a little state per thread and frees it when the thread ends, but no more once its own atexit
      // handler has run. The thread of EventLoop::shared() ends after that, when static objects are destroyed.
      "leak:ERR_clear_error\n"
      "leak:ossl_err_get_state_int\n"
      "leak:EVP_RAND_CTX_new\n"
      "leak:OPENSSL_init_crypto\n"
      "leak:CRYPTO_zalloc\n";
}

extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return
      // GLib is not instrumented and its mutexes are futexes, which ThreadSanitizer does not see: what one of its
      // threads (the resolver's) hands to another looks like a race. Only calls made by GLib itself are left out.
      "called_from_lib:libglib-2.0.so\n"
      "called_from_lib:libgobject-2.0.so\n"
      "called_from_lib:libgio-2.0.so\n";
}
