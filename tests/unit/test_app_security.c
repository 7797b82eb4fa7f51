/* What sources and security.yaml ask for, and which resources have it. */
#include "support/unit.h"

#include "support/design_fixture.h"

static ais_app *load(const fixture *f, const char *expected_faults)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    const int status = ais_app_load(f->dir, diags, &app);
    AIS_FREE char *faults = fixture_faults(f, diags);
    assert_string_equal(faults, expected_faults);
    assert_int_equal(status, 0);
    return app;
}

static void test_nothing_is_written_when_nothing_is_asked_for(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/security.yaml", "all: {secureBoot: false}\ncomponents:\n");
    AIS_AUTO(ais_app) app = load(&f, "");
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    assert_null(ais_app_security_to_node(app, doc));
    fixture_clear(&f);
}

static void test_demands_of_sources_and_file_come_together(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write_source(&f, "camera",
                         "@component_name(name='camera')\n@security(networkShield=True)");
    fixture_write(&f, "common_config/security.yaml",
                  "all: {networkShield: true}\ncomponents:\n  report: {confProc: false}\n");
    AIS_AUTO(ais_app) app = load(&f, "");
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    const ais_doc_node *node = ais_app_security_to_node(app, doc);
    assert_non_null(node);
    ais_doc_write_json(ais_doc_find_path(node, "System.components.camera"), -1, &text);
    assert_string_equal(
        ais_str_get(&text),
        "{\"demands\": {\"trustedExecution\": false, \"networkShield\": true, "
        "\"filesystemShield\": false, \"confProc\": false, \"integrityProc\": false, "
        "\"confRest\": false, \"secureBoot\": false, \"measuredBoot\": false}, \"entries\": "
        "{\"camera\": {\"container1\": {\"trustedExecution\": false, \"networkProtection\": true, "
        "\"fileSystemProtection\": false, \"resources\": [{\"name\": \"Pi\", \"layer\": 1, "
        "\"SGXFlag\": false, \"secureBoot\": false, \"measuredBoot\": false, \"satisfies\": "
        "true}]}}}}");
    const ais_doc_node *detect = ais_doc_find_path(node, "System.components.detect.entries");
    assert_int_equal(ais_doc_count(detect), 3); /* and its segments */
    assert_string_equal(ais_doc_get_text(ais_doc_key_at(detect, 1)), "detect_partitionX_1");
    fixture_clear(&f);
}

/* Secure boot is a need as memory is: what cannot give it is not chosen. */
static void test_secure_boot_decides_where_a_container_fits(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_SCOPED(ais_str) resources = {.data = NULL};
    const char *at = strstr(fixture_resources, "              totalNodes: 2\n");
    ais_str_add_bytes(&resources, fixture_resources, (size_t)(at - fixture_resources));
    ais_str_add(&resources, "              secureBoot: true\n");
    ais_str_add(&resources, at);
    fixture_write(&f, "common_config/candidate_resources.yaml", ais_str_get(&resources));
    fixture_write(&f, "common_config/security.yaml", "components:\n  detect: {secureBoot: true}\n");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), -1);
    AIS_FREE char *faults = fixture_faults(&f, diags);
    /* Pi has none: of detect one of two resources, of its first segment the only one */
    assert_string_equal(faults, "/common_config/security.yaml:2:24 warning no-secure-boot\n"
                                "/common_config/security.yaml:2:24 no-secure-boot\n");
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_written_when_nothing_is_asked_for),
        cmocka_unit_test(test_demands_of_sources_and_file_come_together),
        cmocka_unit_test(test_secure_boot_decides_where_a_container_fits),
    };
    return cmocka_run_group_tests_name("app_security", tests, NULL, NULL);
}
