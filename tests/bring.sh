#!/usr/bin/env bash
# Brings the system packages that tests need, by name, where this user may; says in one line what is missing.
set -u
wanted=""
command -v chromium >/dev/null || wanted="$wanted chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || wanted="$wanted postgresql"
fc-list 2>/dev/null | grep -qi "CJK" || wanted="$wanted fonts-noto-cjk"
[ -z "$wanted" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  # the packaged database must not start a cluster of its own: tests start theirs
  mkdir -p /etc/postgresql-common && grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf \
    || echo "create_main_cluster = false" >>/etc/postgresql-common/createcluster.conf
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "Not here and not brought:$wanted. Tests that need them are skipped with this reason."
exit 0
