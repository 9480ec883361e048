#pragma once
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* libcurl's setopt and getinfo are variadic, which Swift cannot call. One typed wrapper per argument type. */

typedef size_t (*ccurl_io_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_prereq_callback)(
    void *context, char *remote_ip, char *local_ip, int remote_port, int local_port);
typedef int (*ccurl_socket_callback)(CURL *handle, curl_socket_t socket, int what, void *context, void *of_socket);
typedef int (*ccurl_timer_callback)(CURLM *multi, long milliseconds, void *context);

/* Once per process, before any other call. */
CURLcode ccurl_global_init(void);

CURLcode ccurl_setopt_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value);
/* libcurl copies the string, except for CURLOPT_POSTFIELDS. */
CURLcode ccurl_setopt_string(CURL *handle, CURLoption option, const char *value);
/* For CURLOPT_COPYPOSTFIELDS, CURLOPT_WRITEDATA and their like. */
CURLcode ccurl_setopt_pointer(CURL *handle, CURLoption option, const void *value);
/* The list must outlive the transfer. */
CURLcode ccurl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_setopt_io(CURL *handle, CURLoption option, ccurl_io_callback callback);
CURLcode ccurl_setopt_prereq(CURL *handle, ccurl_prereq_callback callback);

CURLcode ccurl_getinfo_long(CURL *handle, CURLINFO info, long *value);
/* The socket of a connection that CURLOPT_CONNECT_ONLY made. */
CURLcode ccurl_getinfo_socket(CURL *handle, curl_socket_t *socket);
CURLMcode ccurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value);
/* Each of the callbacks gets `context`. */
CURLMcode ccurl_multi_listen(CURLM *multi, ccurl_socket_callback socket, ccurl_timer_callback timer, void *context);
