<?php
// Sets up a site in an empty database: php install.php FOLDER HOST:PORT
[, $folder, $address] = $argv;
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = $address;
$_SERVER['REQUEST_URI'] = '/';
require "$folder/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';

function wp_new_blog_notification() {} // no mail

wp_install('Site national', 'editor', 'editor@demonstration.example', true, '', wp_generate_password());
foreach (get_posts(['post_type' => ['post', 'page'], 'numberposts' => -1]) as $sample) {
    wp_delete_post($sample->ID, true);
}
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
update_option('posts_per_rss', 10);
update_option('timezone_string', 'Europe/Brussels');
