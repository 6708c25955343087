/* sqlhosts files: servers, groups, and what is wrong with them. */
#include "tests/client/textfiles.h"

#include "client/sqlhosts.h"

static const char sample[] =
    "# comment\n"
    "\n"
    "   # another\n"
    "ol_bank   onsoctcp  db1.example  9088\n"
    "ol_tabs\tontlitcp\tdb2.example\t9089\tk=0,b=8192\r\n"
    "ol_ssl    onsocssl  db3.example  9090   s=3\n"
    "ol_star   onsoctcp  *db4.example 9091\n"
    "ol_any    onsoctcp  *            9092\n"
    "ol_v6     onsoctcp  [::1]        9093\n"
    "ol_v6bare onsoctcp  ::1          9093\n"
    "ol_name   onsoctcp  db5.example  ftp    # a service of /etc/services\n"
    "ol_noname onsoctcp  db5.example  no-such-service\n"
    "ol_zero   onsoctcp  db5.example  0\n"
    "ol_large  onsoctcp  db5.example  70000\n"
    "ol_drda   drsoctcp  db6.example  9094\n"
    "ol_shm    onipcshm  db6.example  x\n"
    "ol_what   onfoobar  db6.example  1\n"
    "ol_short  onsoctcp\n"
    "ol_csm    onsoctcp  db6.example  1  csm=(SPWDCSM)\n"
    "ol_er     onsoctcp  db6.example  1  g=nogroup,s=6\n"
    "ol_pam    onsoctcp  db6.example  1  pam_serv=(pam_x,s=6,x),s=4,pamauth=(challenge)\n"
    "ol_twice  onsoctcp  first  1\n"
    "ol_twice  onsoctcp  second 2\n"
    "g_two     group     -  -  i=1,e=m2\n"
    "m1        onsoctcp  g1.example  1  k=0,g=g_two\n"
    "other     onsoctcp  g9.example  9\n"
    "m2        onsocssl  g2.example  2  g=g_two\n"
    "m3        onsoctcp  g3.example  3  g=g_two\n"
    "g_any     group     -  -  c=1\n"
    "a1        onsoctcp  a1.example  1  g=g_any\n"
    "a2        onsoctcp  a2.example  2  g=g_any,b=1024\n"
    "a3        onsoctcp  a3.example  3  b=1024,g=g_any\n"
    "g_mixed   group     -  -\n"
    "x1        drsoctcp  x1.example  1  g=g_mixed\n"
    "x2        onsoctcp  x2.example  2  g=g_mixed\n"
    "g_drda    group     -  -\n"
    "y1        drsoctcp  y1.example  1  g=g_drda\n"
    "g_none    group     -  -  i=7\n"
    "ol_last   onsoctcp  last.example 7"; /* and no end of the line */

/* "host:port/server" of each, with flags: s TLS, k no keep-alive. */
static const char *printed(const struct sqli_hosts *hosts)
{
    static char text[2048];
    size_t length = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct sqli_host *h = &hosts->list[i];
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s:%u/%s%s%s",
                                   i ? " " : "", h->place.host, h->place.port, h->server,
                                   h->tls ? " s" : "", h->no_keep_alive ? " k" : "");
        assert_true(length < sizeof text);
    }
    return text;
}

static void test_servers_and_groups(void **state)
{
    static const struct {
        const char *server;
        const char *hosts;
        bool rotate;
    } cases[] = {
        {"ol_bank", "db1.example:9088/ol_bank", false},
        {"ol_tabs", "db2.example:9089/ol_tabs k", false},
        {"ol_ssl", "db3.example:9090/ol_ssl s", false},
        {"ol_star", "db4.example:9091/ol_star", false},
        {"ol_any", "localhost:9092/ol_any", false},
        {"ol_v6", "::1:9093/ol_v6", false},
        {"ol_v6bare", "::1:9093/ol_v6bare", false},
        {"ol_name", "db5.example:21/ol_name", false},
        {"ol_pam", "db6.example:1/ol_pam", false},
        {"ol_twice", "first:1/ol_twice", false},
        {"ol_last", "last.example:7/ol_last", false},
        {"g_two", "g1.example:1/m1 k g2.example:2/m2 s", false},
        {"g_any", "a1.example:1/a1 a2.example:2/a2 a3.example:3/a3", true},
        {"g_mixed", "x2.example:2/x2", false},
        {"m3", "g3.example:3/m3", false},
    };
    (void)state;
    write_text(sample, 0644);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_hosts hosts = {.count = 0};
        struct sqli_error error;
        bool rotate = false;
        if (sqli__sqlhosts_find(text_file, cases[i].server, &hosts, &rotate, &error))
            fail_msg("%s: %s", cases[i].server, error.message);
        assert_string_equal(printed(&hosts), cases[i].hosts);
        assert_int_equal(rotate, cases[i].rotate);
    }
}

static void must_fail(const char *file, const char *server, int code, const char *says)
{
    struct sqli_hosts hosts = {.count = 0};
    struct sqli_error error;
    bool rotate = false;
    assert_int_equal(sqli__sqlhosts_find(file, server, &hosts, &rotate, &error), SQLI_FAIL);
    if (error.code != code || !strstr(error.message, says))
        fail_msg("%s: %d, %s", server, (int)error.code, error.message);
}

static void test_what_cannot_be_used(void **state)
{
    static const struct {
        const char *server;
        int code;
        const char *says;
    } cases[] = {
        {"nobody", SQLI_E_SERVER_NOT_LISTED, "nobody in "},
        {"#", SQLI_E_SERVER_NOT_LISTED, "# in "},
        {"ol_noname", SQLI_E_ARGUMENT, "\"no-such-service\" is not in the services"},
        {"ol_zero", SQLI_E_ARGUMENT, ":13: ol_zero 0 is no port"},
        {"ol_large", SQLI_E_ARGUMENT, "70000 is no port"},
        {"ol_drda", SQLI_E_UNSUPPORTED, ":15: ol_drda (drsoctcp) is DRDA, another protocol"},
        {"ol_shm", SQLI_E_UNSUPPORTED, "(onipcshm) is shared memory"},
        {"ol_what", SQLI_E_UNSUPPORTED, "has a connection type that is not known"},
        {"ol_short", SQLI_E_ARGUMENT, "has no usable host"},
        {"ol_csm", SQLI_E_UNSUPPORTED, "communication support module"},
        {"ol_er", SQLI_E_UNSUPPORTED, "for other servers only"},
        {"g_drda", SQLI_E_UNSUPPORTED, "y1 (drsoctcp) is DRDA"},
        {"g_none", SQLI_E_SERVER_NOT_LISTED, "the group g_none of "},
    };
    (void)state;
    write_text(sample, 0644);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        must_fail(text_file, cases[i].server, cases[i].code, cases[i].says);
}

static void test_files_that_cannot_be_read(void **state)
{
    (void)state;
    must_fail("/nowhere/sqlhosts", "a", SQLI_E_SQLHOSTS_MISSING,
              "/nowhere/sqlhosts (No such file or directory)");
    must_fail("/tmp", "a", SQLI_E_SQLHOSTS_MISSING, "/tmp is no regular file");
    must_fail("/dev/zero", "a", SQLI_E_SQLHOSTS_MISSING, "/dev/zero is no regular file");
    write_text("", 0644);
    must_fail(text_file, "a", SQLI_E_SERVER_NOT_LISTED, "a in ");
}

/* Long comments are nobody's business; a long line, too many members and a large file have bounds.
 */
static void test_bounds(void **state)
{
    struct sqli_buffer text;
    struct sqli_hosts hosts = {.count = 0};
    struct sqli_error error;
    bool rotate;
    (void)state;
    sqli__buffer_init(&text, 16 << 20);
    sqli__buffer_text(&text, "#");
    sqli__buffer_fill(&text, 'x', 100000);
    sqli__buffer_text(&text, "\nok onsoctcp h 1\ng group - -\n");
    for (int i = 0; i < SQLI_HOSTS_MAX + 5; i++)
        sqli__buffer_format(&text, "m%d onsoctcp h%d 1 g=g\n", i, i);
    sqli__buffer_text(&text, "long onsoctcp h 1 ");
    sqli__buffer_fill(&text, 'x', SQLI_SQLHOSTS_LINE_MAX);
    write_bytes(text.data, text.length, 0644);
    assert_int_equal(sqli__sqlhosts_find(text_file, "ok", &hosts, &rotate, &error), SQLI_OK);
    must_fail(text_file, "long", SQLI_E_SQLHOSTS_MISSING, "a line of more than 4096 bytes");
    must_fail(text_file, "g", SQLI_E_SQLHOSTS_MISSING, "a line of more than 4096 bytes");
    text.length -= SQLI_SQLHOSTS_LINE_MAX;
    write_bytes(text.data, text.length, 0644);
    hosts.count = 0;
    assert_int_equal(sqli__sqlhosts_find(text_file, "g", &hosts, &rotate, &error), SQLI_OK);
    assert_int_equal(hosts.count, SQLI_HOSTS_MAX);
    sqli__buffer_fill(&text, '\n', SQLI_SQLHOSTS_FILE_MAX);
    write_bytes(text.data, text.length, 0644);
    must_fail(text_file, "ok", SQLI_E_SQLHOSTS_MISSING, "is larger than 4194304 bytes");
    sqli__buffer_free(&text);
}

/* Any bytes at all: found or refused, never beyond the end. */
static void test_bytes_of_any_kind(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        char text[sizeof sample];
        struct sqli_hosts hosts = {.count = 0};
        struct sqli_error error;
        bool rotate;
        memcpy(text, sample, sizeof text);
        for (int k = 0; k < 20; k++)
            text[support_random(&seed) % sizeof text] =
                " \t\n#,=()*-\0g"[support_random(&seed) % 12];
        write_bytes(text, (size_t)(support_random(&seed) % sizeof text), 0644);
        if (sqli__sqlhosts_find(text_file, i % 2 ? "g_two" : "ol_pam", &hosts, &rotate, &error))
            assert_true(error.code != 0);
        else
            assert_true(hosts.count > 0);
    }
}

static enum sqli_status find_once(void *context, struct sqli_error *error)
{
    struct sqli_hosts hosts = {.count = 0};
    bool rotate;
    (void)context;
    return sqli__sqlhosts_find(text_file, "g_two", &hosts, &rotate, error);
}

static void test_no_memory(void **state)
{
    (void)state;
    write_text(sample, 0644);
    assert_true(support_fail_each_allocation(find_once, NULL) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_servers_and_groups),
        cmocka_unit_test(test_what_cannot_be_used),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_bytes_of_any_kind),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, begin_text_file, end_text_file);
}
