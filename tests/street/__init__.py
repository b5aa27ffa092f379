"""The whole street, from a site to the release, without Airflow."""
