#!/bin/sh
# Once, when the database is made: the role that web and worker use. It owns nothing; the migrations give it its rights.
set -eu
password="$(cat /run/secrets/db_app_password)"
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$password" <<'SQL'
CREATE ROLE printdesk_app LOGIN PASSWORD :'password';
SQL
