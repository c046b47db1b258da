"""Streams of the backend, made where a test needs one that no fixture has: lists of SSE records for harness.upstream.Reply."""
import json

from .upstream import Reply

IDENT = "resp_made"
USAGE = {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 14}


def record(kind, **members):
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode()


def response(status="in_progress", **members):
    return {"id": IDENT, "object": "response", "created_at": 1789000000, "status": status, "model": "gpt-5.6-luna", "output": [], **members}


def created(**members):
    return [record("response.created", response=response(**members))]


def completed(usage=USAGE, output=(), **members):
    told = {"usage": usage} if usage is not None else {}
    return [record("response.completed", response=response("completed", output=list(output), **told, **members))]


def message(index, pieces, ident="msg_made", **part):
    """A message item with one text part, told in pieces. `part` goes on the whole part: annotations, logprobs."""
    at = {"item_id": ident, "output_index": index}
    whole = {"type": "output_text", "text": "".join(pieces), "annotations": [], **part}
    item = {"id": ident, "type": "message", "role": "assistant", "content": []}
    return [record("response.output_item.added", output_index=index, item={**item, "status": "in_progress"}),
            record("response.content_part.added", **at, content_index=0, part={"type": "output_text", "text": "", "annotations": []}),
            *(record("response.output_text.delta", **at, content_index=0, delta=piece) for piece in pieces),
            record("response.output_text.done", **at, content_index=0, text=whole["text"]),
            record("response.content_part.done", **at, content_index=0, part=whole),
            record("response.output_item.done", output_index=index, item={**item, "status": "completed", "content": [whole]})]


def function_call(index, call_id, name, pieces, ident=None, arguments=None):
    ident = ident or f"fc_{call_id}"
    at, whole = {"item_id": ident, "output_index": index}, "".join(pieces) if arguments is None else arguments
    item = {"id": ident, "type": "function_call", "call_id": call_id, "name": name}
    return [record("response.output_item.added", output_index=index, item={**item, "status": "in_progress", "arguments": ""}),
            *(record("response.function_call_arguments.delta", **at, delta=piece) for piece in pieces),
            record("response.function_call_arguments.done", **at, arguments=whole),
            record("response.output_item.done", output_index=index, item={**item, "status": "completed", "arguments": whole})]


def partial_image(index, data, **told):
    return [record("response.image_generation_call.partial_image", item_id="ig_made", output_index=0, partial_image_index=index, partial_image_b64=data, **told)]


def image(data, **told):
    """The end of an image call; `told` is what the backend says of the image."""
    return [record("response.output_item.done", output_index=0,
                   item={"id": "ig_made", "type": "image_generation_call", "status": "completed", "result": data, **told})]


def reply(*parts, **options):
    return Reply([chunk for part in parts for chunk in part], **options)
