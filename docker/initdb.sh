#!/bin/sh
# Runs once, when the database container makes its cluster: the product's own role and database.
# The role owns that database and nothing else; it is no superuser. `postgres` stays for operators.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE saypro LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE saypro OWNER saypro;
REVOKE CONNECT ON DATABASE saypro FROM PUBLIC;
SQL
