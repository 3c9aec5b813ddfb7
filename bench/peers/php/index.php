<?php
// The least that a PHP server has to do for Send and GetMessageList: the recipient is looked up, the message inserted or
// a page selected, and the answer put into PhalApi's envelope. Calls carry no token and come from the anonymous user.
declare(strict_types=1);

const ME = 1;
const ME_UUID = 'HTogSDnO9kHwjBVkv8La7eQ4ehI0BVhx';

header('Content-Type: application/json;charset=utf-8');

function answer(int $ret, array $data, string $msg = ''): never
{
    echo json_encode(['ret' => $ret, 'data' => $data ?: new stdClass(), 'msg' => $msg]);
    exit;
}

$param = $_POST + $_GET;
$service = $param['service'] ?? '';
$uuid = $param['chat_message_to_uuid'] ?? '';
if (!is_string($uuid) || strlen($uuid) !== 32) {
    answer(400, [], 'chat_message_to_uuid');
}

$db = new PDO('mysql:dbname=chat;charset=utf8mb4;unix_socket=' . $_SERVER['CHAT_SOCKET'], 'root', '', [
    PDO::ATTR_PERSISTENT => true,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM,
]);

$find = $db->prepare('SELECT id FROM user WHERE uuid = ?');
$find->execute([$uuid]);
$peer = (int) $find->fetchColumn();
if ($peer === 0 || $peer === ME) {
    answer(400, [], 'no such member');
}
$conversation = min(ME, $peer) << 32 | max(ME, $peer);

switch ($service) {
    case 'Platform.ChatMessage.Send':
        $kind = $param['chat_message_type'] ?? 'text';
        $text = $param['chat_message_data'] ?? '';
        if ($kind !== 'text' || !is_string($text) || $text === '') {
            answer(400, [], 'chat_message_data');
        }
        $insert = $db->prepare('INSERT INTO message (conversation, sender, kind, data, add_time) VALUES (?, ?, ?, ?, NOW())');
        $insert->execute([$conversation, ME, $kind, $text]);
        answer(200, ['id' => $db->lastInsertId()]);

    case 'Platform.ChatMessage.GetMessageList':
        $limit = max(1, min(100, (int) ($param['perpage'] ?? 20)));
        $select = $db->prepare('SELECT id, sender, kind, data, is_read, add_time FROM message'
            . ' WHERE conversation = ? ORDER BY id DESC LIMIT ' . $limit);
        $select->execute([$conversation]);
        $items = [];
        foreach (array_reverse($select->fetchAll()) as [$id, $sender, $kind, $data, $read, $time]) {
            $own = (int) $sender === ME;
            $items[] = [
                'id' => (int) $id,
                'uuid' => ME_UUID,
                'chat_message_to_uuid' => $uuid,
                'chat_message_type' => $kind,
                'chat_message_data' => $data,
                'chat_message_is_read' => $own ? 1 : (int) $read,
                'chat_message_io' => $own ? 'in' : 'out',
                'add_time' => $time,
            ];
        }
        answer(200, ['items' => $items]);
}
answer(404, [], 'no such service');
