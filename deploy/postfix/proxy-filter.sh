#!/bin/sh
# Aliaswatch inside Postfix (SMTPD_PROXY_README): Postfix keeps port 25, postscreen and its restrictions, gives each message
# to Aliaswatch on 127.0.0.1:2525 before its queue, and takes it back on 127.0.0.1:10026.
#   aliaswatch serve --listen 127.0.0.1:2525 --next-hop 127.0.0.1:10026 --xclient-peers 127.0.0.1
set -eu

postconf -P 'smtp/inet/smtpd_proxy_filter=127.0.0.1:2525'
# One message a connection, and no more of them than Aliaswatch takes from one address.
postconf -F 'smtp/inet/process_limit=50'
postconf -M '127.0.0.1:10026/inet=127.0.0.1:10026 inet n - n - - smtpd'
# What the first smtpd has decided is not decided again; who the client is comes by XCLIENT.
postconf -P '127.0.0.1:10026/inet/smtpd_proxy_filter=' \
  '127.0.0.1:10026/inet/smtpd_authorized_xclient_hosts=127.0.0.1' \
  '127.0.0.1:10026/inet/mynetworks=127.0.0.1/32' \
  '127.0.0.1:10026/inet/smtpd_client_restrictions=' \
  '127.0.0.1:10026/inet/smtpd_helo_restrictions=' \
  '127.0.0.1:10026/inet/smtpd_sender_restrictions=' \
  '127.0.0.1:10026/inet/smtpd_recipient_restrictions=permit_mynetworks,reject_unauth_destination' \
  '127.0.0.1:10026/inet/smtpd_data_restrictions='
postfix check
postfix reload
