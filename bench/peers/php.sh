#!/usr/bin/env bash
# Measures PHP, nginx and MariaDB against Parley: the same sends and lists, one after the other, in alternating rounds.
# See README.md.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

workers=${PHP_WORKERS:-$connections}
cores=$(nproc)

install php8.2-fpm php8.2-mysql nginx-light mariadb-server-core mariadb-client-core wrk curl

mkdir "$work/mysql" "$work/nginx"
socket=$work/mysql.sock
mariadb-install-db --no-defaults --user=root --datadir="$work/mysql" --skip-test-db >"$work/install.log" 2>&1
start mariadb mariadbd --no-defaults --user=root --datadir="$work/mysql" --socket="$socket" --pid-file="$work/mysql.pid" \
	--skip-networking --skip-grant-tables --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=512M \
	--innodb-log-file-size=256M --max-connections=$((workers + 10))
await 30 mariadb --no-defaults --socket="$socket" -e 'SELECT 1'
mariadb --no-defaults --socket="$socket" <"$peers/php/schema.sql"

cat >"$work/php-fpm.conf" <<END
[global]
error_log = $work/php-fpm-error.log
daemonize = no
[chat]
user = root
group = root
listen = $work/php.sock
pm = static
pm.max_children = $workers
END
start php php-fpm8.2 --allow-to-run-as-root --nodaemonize --fpm-config "$work/php-fpm.conf" -d opcache.enable=1 \
	-d opcache.validate_timestamps=0
await 15 test -S "$work/php.sock"

port=$(freePort)
php=http://127.0.0.1:$port/api/platform
cat >"$work/nginx.conf" <<END
user root;
worker_processes $cores;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx-error.log warn;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_requests 1000000000;
	client_body_temp_path $work/nginx/body;
	fastcgi_temp_path $work/nginx/fastcgi;
	proxy_temp_path $work/nginx/proxy;
	scgi_temp_path $work/nginx/scgi;
	uwsgi_temp_path $work/nginx/uwsgi;
	upstream php {
		server unix:$work/php.sock;
		keepalive $((workers / cores));
	}
	server {
		listen 127.0.0.1:$port;
		location = /api/platform {
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME $peers/php/index.php;
			fastcgi_param CHAT_SOCKET $socket;
			fastcgi_keep_conn on;
			fastcgi_pass php;
		}
	}
}
END
start nginx nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx-error.log"
await 15 curl -sf "$php"
phpPIDs=("${started[@]}")

startParley
check "$php"
check "$parley"

phpLoad() { load "$php" "$1" "$2" "${phpPIDs[@]}"; }
alternate "PHP + nginx + MariaDB" send phpLoad parleyLoad
alternate "PHP + nginx + MariaDB" list phpLoad parleyLoad
