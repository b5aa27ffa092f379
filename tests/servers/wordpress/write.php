<?php
// Writes posts, given as a JSON list on standard input, and prints their ids: php write.php FOLDER HOST:PORT
// They are published unless they say otherwise; `lang` and `translations` are kept as languages.php shows them.
[, $folder, $address] = $argv;
$_SERVER['HTTP_HOST'] = $address;
$_SERVER['REQUEST_URI'] = '/';
require "$folder/wp-load.php";
require ABSPATH . 'wp-admin/includes/taxonomy.php';

$ids = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $post) {
    $post['post_category'] = array_map('wp_create_category', $post['categories'] ?? []);
    $post['edit_date'] = true;
    // As editors do it: a post that was a draft first has its lasting guid, ?p=N.
    $post['ID'] ??= wp_insert_post(['post_status' => 'draft'] + $post, true);
    $id = wp_update_post($post + ['post_status' => 'publish'], true);
    if (is_wp_error($id)) {
        fwrite(STDERR, $id->get_error_message());
        exit(1);
    }
    foreach (array_intersect_key($post, ['lang' => 1, 'translations' => 1]) as $field => $value) {
        update_post_meta($id, $field, $value);
    }
    $ids[] = $id;
}
echo json_encode($ids);
