# The health check of Kafka: ends with 0 when the broker lets the user `setup` in and answers a request for metadata. With bash,
# because Kafka's own tools would start a JVM each time.
password=$(cat /mnt/shared/config/kafka-setup-password)
token=$((7 + ${#password}))
exec 3<> /dev/tcp/127.0.0.1/9092 || exit 1

# What one read gets of an answer, in hex; the first bytes are enough.
answer() {
  dd bs=4096 count=1 <&3 2> /dev/null | od -An -tx1 | tr -d '\n'
}
# An integer of one byte, as one of four.
int32() {
  printf "\\0\\0\\0\\x$(printf %02x "$1")"
}

# SaslHandshake, version 1; SaslAuthenticate, version 0: the number of the answer, then no error.
printf '\0\0\0\x11\0\x11\0\1\0\0\0\5\xff\xff\0\5PLAIN' >&3
[[ $(answer) == ' '??' '??' '??' '??' 00 00 00 05 00 00'* ]] || exit 1
{ int32 $((14 + token)); printf '\0\x24\0\0\0\0\0\6\xff\xff'; int32 "$token"; printf '\0setup\0%s' "$password"; } >&3
[[ $(answer) == ' '??' '??' '??' '??' 00 00 00 06 00 00'* ]] || { echo 'Kafka does not admit its user setup'; exit 1; }
# Metadata, version 1, no topics: one broker.
printf '\0\0\0\x0e\0\3\0\1\0\0\0\7\xff\xff\0\0\0\0' >&3
[[ $(answer) == *'00 00 00 07 00 00 00 01'* ]]
