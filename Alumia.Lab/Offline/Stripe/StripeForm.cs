using System.Globalization;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The fields of a request to Stripe's API, such as <c>line_items[0][price_data][unit_amount]</c>.</summary>
internal sealed class StripeForm(IFormCollection fields, string? key)
{
    /// <summary>The request's <c>Idempotency-Key</c>.</summary>
    public string? Key { get; } = key;

    public string? this[string name] => fields.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>A whole number, or null where there is none.</summary>
    public long? Number(string name) => long.TryParse(this[name], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What is under <c>name[...]</c>.</summary>
    public IEnumerable<(string Name, string Value)> Under(string name) =>
        fields.Where(field => field.Key.StartsWith(name + "[", StringComparison.Ordinal)).Select(field => (field.Key[(name.Length + 1)..^1], field.Value.ToString()));

    public static async ValueTask<StripeForm?> BindAsync(HttpContext context)
    {
        var request = context.Request;
        var key = request.Headers["Idempotency-Key"].ToString();
        return new StripeForm(request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty, key.Length > 0 ? key : null);
    }
}
