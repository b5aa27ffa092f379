<?php
// What Polylang's REST API shows of a post's language and translations, and a public type of the site's own.
add_action('init', function () {
    register_post_type('species', ['public' => true, 'show_in_rest' => true, 'rest_base' => 'especes', 'label' => 'Species']);
});
add_action('rest_api_init', function () {
    foreach (['lang', 'translations'] as $field) {
        register_rest_field(['post', 'page', 'species'], $field, [
            'get_callback' => fn($post) => get_post_meta($post['id'], $field, true) ?: null,
        ]);
    }
});
