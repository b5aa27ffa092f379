"""The DAG files, as Airflow's own loader and scheduler see them, and the product at work under a real Airflow."""
