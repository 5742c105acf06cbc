# The health check of a plane: ends with 0 when it answers /health with 200. With bash, because a Node of its own every few
# seconds would cost more than an idle plane does.
exec 3<> "/dev/tcp/127.0.0.1/$TRIPLANE_HTTP_PORT" || exit 1
printf 'GET /health HTTP/1.0\r\n\r\n' >&3
read -r status <&3
echo "/health: $status"
[[ $status == *' 200 '* ]]
