#include "mail/smtp.h"

#include <curl/curl.h>
#include <string.h>

enum { CONNECT_SECONDS = 15, SEND_SECONDS = 180, SAID_MAX = 300 };

struct MwSmtp {
    CURL *curl;
    char *server, *user, *password;
    bool tls;
    char said[SAID_MAX]; /* the last refusal of the server */
    char problem[CURL_ERROR_SIZE];
};

/* What a transfer reads and asks. */
typedef struct {
    const char *bytes;
    size_t size, at;
    bool (*goes_on)(void *data);
    void *data;
} Transfer;

static size_t
give(char *buffer, size_t size, size_t n, void *data)
{
    Transfer *transfer = data;
    size_t given = MIN(size * n, transfer->size - transfer->at);

    memcpy(buffer, transfer->bytes + transfer->at, given);
    transfer->at += given;
    return given;
}

static size_t
hear(char *line, size_t size, size_t n, void *data)
{
    MwSmtp *smtp = data;

    if (size * n > 0 && (*line == '4' || *line == '5'))
        g_snprintf(smtp->said, sizeof smtp->said, "%.*s", (int)MIN(size * n, SAID_MAX), line);
    return size * n;
}

static int
ask(void *data, curl_off_t down_all G_GNUC_UNUSED, curl_off_t down G_GNUC_UNUSED,
    curl_off_t up_all G_GNUC_UNUSED, curl_off_t up G_GNUC_UNUSED)
{
    const Transfer *transfer = data;

    return transfer->goes_on && !transfer->goes_on(transfer->data);
}

static void
begin(void)
{
    static gsize begun;

    if (!g_once_init_enter(&begun))
        return;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_once_init_leave(&begun, 1);
}

MwSmtp *
mw_smtp_new(const char *server, const char *user, const char *password, bool tls)
{
    MwSmtp *smtp = g_new0(MwSmtp, 1);

    begin();
    smtp->curl = curl_easy_init();
    smtp->server = g_strdup(server);
    smtp->user = g_strdup(user);
    smtp->password = g_strdup(password);
    smtp->tls = tls;
    return smtp;
}

void
mw_smtp_free(MwSmtp *smtp)
{
    if (!smtp)
        return;
    curl_easy_cleanup(smtp->curl);
    g_free(smtp->server);
    g_free(smtp->user);
    g_free(smtp->password);
    g_free(smtp);
}

static void
set(MwSmtp *smtp, Transfer *transfer)
{
    CURL *curl = smtp->curl;

    curl_easy_reset(curl); /* the connection stays */
    curl_easy_setopt(curl, CURLOPT_URL, smtp->server);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(smtp->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (smtp->user)
        curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
    if (smtp->password)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->problem);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

static MwSmtpOutcome
outcome_of(CURLcode code, long answer)
{
    switch (code) {
    case CURLE_OK:
        return MW_SMTP_SENT;
    case CURLE_ABORTED_BY_CALLBACK:
        return MW_SMTP_STOPPED;
    case CURLE_LOGIN_DENIED:
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return MW_SMTP_AWAY;
    default:
        return answer >= 500 && answer < 600 ? MW_SMTP_REFUSED : MW_SMTP_LATER;
    }
}

/* The server's own words tell more than "RCPT failed". */
static char *
reason_of(const MwSmtp *smtp, CURLcode code, long answer)
{
    g_autofree char *said = g_strstrip(g_utf8_make_valid(smtp->said, -1));

    if (answer >= 400 && *said)
        return g_steal_pointer(&said);
    return g_utf8_make_valid(*smtp->problem ? smtp->problem : curl_easy_strerror(code), -1);
}

MwSmtpOutcome
mw_smtp_send(MwSmtp *smtp, const MwLetter *letter, bool (*goes_on)(void *data), void *data,
             char **reason)
{
    g_autoptr(GBytes) message = mw_letter_write(letter);
    Transfer transfer = { .goes_on = goes_on, .data = data };
    struct curl_slist *to = NULL;
    long answer = 0;

    transfer.bytes = g_bytes_get_data(message, &transfer.size);
    for (guint i = 0; i < letter->to->len; i++)
        to = curl_slist_append(to, g_array_index(letter->to, MwMailbox, i).address);
    *smtp->said = *smtp->problem = '\0';
    set(smtp, &transfer);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, letter->from.address);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, to);
    CURLcode code = curl_easy_perform(smtp->curl);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(to);
    MwSmtpOutcome outcome = outcome_of(code, answer);
    *reason = outcome == MW_SMTP_SENT ? NULL : reason_of(smtp, code, answer);
    return outcome;
}
