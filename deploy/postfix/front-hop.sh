#!/bin/sh
# Aliaswatch before Postfix: it takes port 25, and Postfix listens on 127.0.0.1:10025 for it alone.
set -eu

# XCLIENT tells Postfix who the client is. Without it every stranger would be 127.0.0.1, and that is in mynetworks.
postconf -e 'smtpd_authorized_xclient_hosts = 127.0.0.1' 'mynetworks = 127.0.0.1/32'
postconf -M '127.0.0.1:10025/inet=127.0.0.1:10025 inet n - n - - smtpd'
postconf -MX smtp/inet
postfix check
# A listener that goes needs a restart: reload would keep port 25.
if postfix status 2>/dev/null; then postfix stop; fi
postfix start
